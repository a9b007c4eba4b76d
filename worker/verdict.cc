#include "worker/verdict.h"

#include <utility>

#include "common/text/text.h"

namespace stint {

namespace {

Verdict finish_as(EndKind kind, std::string text, bool final = false) {
  Verdict verdict;
  verdict.act = Verdict::Act::kFinish;
  verdict.kind = kind;
  verdict.text = std::move(text);
  verdict.final = final;
  return verdict;
}

Verdict release_as(Release::How how, milliseconds delay = milliseconds{0}) {
  Verdict verdict;
  verdict.act = Verdict::Act::kRelease;
  verdict.how = how;
  verdict.delay = delay;
  return verdict;
}

std::string timeout_text(const Completion& said, milliseconds timeout) {
  std::string text = "ran for its whole timeout of " + format_duration(timeout);
  if (said.how == Completion::How::kFailed && !said.text.empty()) {
    text += "; the task said: " + said.text;
  }
  return text;
}

Verdict judge_unhurried(Completion said) {
  switch (said.how) {
    case Completion::How::kReleased:
      return release_as(Release::How::kFree, said.delay);
    case Completion::How::kFailed:
      return finish_as(EndKind::kError, std::move(said.text), said.final);
    case Completion::How::kUnstarted:
      return release_as(Release::How::kInterrupted);
    case Completion::How::kNone:
    case Completion::How::kSucceeded:
      break;
  }
  return finish_as(EndKind::kOk, std::move(said.text));
}

}  // namespace

Verdict judge(Completion said, StopReason told, bool lost, milliseconds timeout) {
  if (lost) {
    Verdict dropped;
    dropped.act = Verdict::Act::kDrop;
    return dropped;
  }
  // Work that is done is done, whatever was asked meanwhile; the token decides whether it counts.
  if (said.how == Completion::How::kSucceeded || said.how == Completion::How::kUnstarted) {
    return judge_unhurried(std::move(said));
  }
  switch (told) {
    case StopReason::kLeaseLost:
      return release_as(Release::How::kInterrupted);
    case StopReason::kTimeout:
      return finish_as(EndKind::kTimeout, timeout_text(said, timeout));
    case StopReason::kCancel:
      return finish_as(EndKind::kCancelled, "cancelled while it ran");
    case StopReason::kShutdown:
    case StopReason::kNone:
      break;
  }
  return judge_unhurried(std::move(said));
}

}  // namespace stint
