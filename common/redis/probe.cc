#include "common/redis/probe.h"

#include <utility>

#include "common/loop/timer.h"
#include "common/redis/handshake.h"
#include "common/redis/info.h"
#include "common/redis/link.h"
#include "common/redis/pipeline.h"

namespace stint::redis {

struct Probe::Question : std::enable_shared_from_this<Probe::Question> {
  std::function<void(const Condition&)> done;
  Condition condition;
  Pipeline pipeline;
  std::unique_ptr<Link> link;
  std::unique_ptr<Timer> timer;

  void answer() {
    auto keep = shared_from_this();
    link.reset();
    timer.reset();
    (void)pipeline.abort();
    if (auto tell = std::exchange(done, nullptr)) {
      tell(condition);
    }
  }

  void put() {
    pipeline.push(plain({"PING"}),
                  [this](const Result<ReplyView>& reply) {
                    bool loading = !reply && reply.error().message.starts_with("LOADING");
                    condition.kind = reply     ? Condition::Kind::kUp
                                     : loading ? Condition::Kind::kLoading
                                               : Condition::Kind::kDown;
                    condition.cause = reply ? "" : reply.error().message;
                  },
                  {});
    pipeline.push(plain({"INFO", "persistence"}),
                  [this](const Result<ReplyView>& reply) {
                    if (reply) {
                      condition.loaded_percent = info_field(reply->str(), "loading_loaded_perc");
                      condition.eta_seconds = info_field(reply->str(), "loading_eta_seconds");
                    }
                    answer();
                  },
                  {});
    link->send(std::exchange(pipeline.out(), {}));
  }

  void hear(const char* bytes, size_t size) {
    auto keep = shared_from_this();
    if (auto fed = pipeline.feed(bytes, size); !fed) {
      condition = {Condition::Kind::kDown, fed.error().message, "", ""};
      answer();
    }
  }
};

Probe::Probe(uv_loop_s* loop, Url url) : loop_(loop), url_(std::move(url)) {}

Probe::~Probe() {
  if (question_) {
    question_->done = nullptr;
  }
}

void Probe::ask(milliseconds timeout, std::function<void(const Condition&)> done) {
  if (question_) {
    question_->done = nullptr;
  }
  auto question = std::make_shared<Question>();
  question_ = question;
  question->done = std::move(done);
  question->condition.cause = "it does not answer";
  // They are freed with the Question: by answer(), or by the next ask().
  auto* raw = question.get();
  question->timer = std::make_unique<Timer>(loop_, [raw] { raw->answer(); });
  question->timer->start(timeout);
  question->link = std::make_unique<Link>(
      loop_, url_,
      Link::Listener{[] {}, [raw] { raw->put(); },
                     [raw](const char* bytes, size_t size) { raw->hear(bytes, size); },
                     [raw](const std::string& cause) {
                       raw->condition.cause = cause;
                       raw->answer();
                     }});
  question->link->start();
}

}  // namespace stint::redis
