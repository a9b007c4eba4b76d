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

// Formats and writes while base_sink holds its mutex: lines of several threads never mix.
class StderrSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit StderrSink(std::string_view program)
      : program_(program),
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
      (void)writer_.write(
          line(wall_ms, Level::kWarning,
               format_body("log lines were dropped: nobody read them", {{"lines", dropped}})));
    }
  }
  void flush_() override {}

 private:
  std::string line(int64_t wall_ms, Level level, std::string_view body) const {
    return journal_ ? format_for_journal(level, body)
                    : format_for_people(wall_ms, level, program_, body);
  }

  std::string program_;
  bool journal_;
  StderrWriter writer_;
};

// Never destroyed: threads may log while the program exits.
std::atomic<spdlog::logger*> current_logger{nullptr};

}  // namespace

void open(std::string_view program, Level level) {
  // A reader of our standard error that dies must not take us with it.
  (void)::signal(SIGPIPE, SIG_IGN);
  auto* logger = new spdlog::logger(std::string(program), std::make_shared<StderrSink>(program));
  logger->set_level(to_spdlog(level));
  logger->set_error_handler([](const std::string&) {});
  // An earlier one may still be in another thread's hands.
  static auto& opened = *new std::vector<spdlog::logger*>;
  opened.push_back(logger);
  current_logger.store(logger, std::memory_order_release);
}

void set_level(Level level) {
  if (spdlog::logger* logger = current_logger.load(std::memory_order_acquire)) {
    logger->set_level(to_spdlog(level));
  }
}

void event(Level level, std::string_view text, std::initializer_list<Field> fields) {
  spdlog::logger* logger = current_logger.load(std::memory_order_acquire);
  if (logger == nullptr || !logger->should_log(to_spdlog(level))) {
    return;
  }
  const std::string body = format_body(text, fields);
  logger->log(to_spdlog(level), spdlog::string_view_t(body.data(), body.size()));
}

}  // namespace stint::log
