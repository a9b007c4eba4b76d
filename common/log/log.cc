#include "common/log/log.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>

#include "common/log/line.h"
#include "common/log/stderr_writer.h"
#include "common/text/text.h"

namespace stint::log {
namespace {

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

Level from_spdlog(spdlog::level::level_enum level) {
  if (level >= spdlog::level::err) {
    return Level::kError;
  }
  if (level == spdlog::level::warn) {
    return Level::kWarning;
  }
  return level == spdlog::level::info ? Level::kInfo : Level::kDebug;
}

std::string body_of(Format format, std::string_view text, std::span<const Field> fields) {
  return format == Format::kJson ? format_members(text, fields) : format_body(text, fields);
}

// Formats and writes while base_sink holds its mutex: lines of several threads never mix.
class StderrSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  StderrSink(std::string_view program, Format format)
      : program_(program),
        format_(format),
        // NOLINTNEXTLINE(concurrency-mt-unsafe): open() comes before any other thread
        journal_(is_journal(STDERR_FILENO, std::getenv("JOURNAL_STREAM"))),
        writer_(STDERR_FILENO) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& msg) override {
    const int64_t wall_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(msg.time.time_since_epoch()).count();
    const std::string_view body(msg.payload.data(), msg.payload.size());
    if (!writer_.write(line(wall_ms, from_spdlog(msg.level), body))) {
      return;
    }
    if (const uint64_t dropped = writer_.take_dropped(); dropped > 0) {
      (void)writer_.write(line(wall_ms, Level::kWarning,
                               body_of(format_, "log lines were dropped: nobody read them",
                                       std::initializer_list<Field>{{"lines", dropped}})));
    }
  }
  void flush_() override {}

 private:
  std::string line(int64_t wall_ms, Level level, std::string_view body) const {
    if (format_ == Format::kText) {
      return journal_ ? format_for_journal(level, body)
                      : format_for_people(wall_ms, level, program_, body);
    }
    std::string object = format_object(wall_ms, level, program_, body);
    return journal_ ? format_for_journal(level, object) : object + "\n";
  }

  std::string program_;
  Format format_;
  bool journal_;
  StderrWriter writer_;
};

struct Opened {
  spdlog::logger logger;
  Format format;  // of what the sink is given
};

// Never destroyed: threads may log while the program exits.
std::atomic<Opened*> current{nullptr};

}  // namespace

void open(std::string_view program, Level level, Format format) {
  // A reader of our standard error that dies must not take us with it.
  (void)::signal(SIGPIPE, SIG_IGN);
  auto* opened =
      new Opened{{std::string(program), std::make_shared<StderrSink>(program, format)}, format};
  opened->logger.set_level(to_spdlog(level));
  opened->logger.set_error_handler([](const std::string&) {});
  // An earlier one may still be in another thread's hands.
  static auto& all = *new std::vector<Opened*>;
  all.push_back(opened);
  current.store(opened, std::memory_order_release);
}

void open(std::string_view program, std::string_view level, std::string_view format) {
  auto how_much = parse_level(level);
  auto how = parse_format(format);
  open(program, how_much ? *how_much : Level::kInfo, how ? *how : Format::kText);
}

void set_level(Level level) {
  if (Opened* opened = current.load(std::memory_order_acquire)) {
    opened->logger.set_level(to_spdlog(level));
  }
}

void set_format(Format format) {
  Opened* opened = current.load(std::memory_order_acquire);
  if (opened != nullptr && opened->format != format) {
    open(opened->logger.name(), from_spdlog(opened->logger.level()), format);
  }
}

void event(Level level, std::string_view text, std::span<const Field> fields) {
  Opened* opened = current.load(std::memory_order_acquire);
  if (opened == nullptr || !opened->logger.should_log(to_spdlog(level))) {
    return;
  }
  const std::string body = body_of(opened->format, text, fields);
  opened->logger.log(to_spdlog(level), spdlog::string_view_t(body.data(), body.size()));
}

}  // namespace stint::log
