#include "daemon/cli/steer_words.h"

namespace stint::cli {
namespace {

std::string refusal(Verb verb, Place place) {
  std::string is = "is " + std::string(to_string(place));
  switch (verb) {
    case Verb::kRetry:
      return is + ": only failed jobs are retried" +
             (place == Place::kDone ? " (done ones with --state done, or submit --again)" : "");
    case Verb::kDelete:
      return is + ": --force cancels it first";
    case Verb::kCancel:
      return is + ": it has ended";
  }
  return is;
}

}  // namespace

VerbWords words_of(Verb verb) {
  switch (verb) {
    case Verb::kRetry:
      return {"retry", "retried"};
    case Verb::kDelete:
      return {"delete", "deleted"};
    case Verb::kCancel:
      return {"cancel", "cancelled"};
  }
  return {"", ""};
}

std::string answer_text(Verb verb, const Steered& answer) {
  switch (answer.status) {
    case Steered::Status::kDone:
      return std::string(words_of(verb).past) +
             (verb == Verb::kRetry ? ": is " + std::string(to_string(answer.place)) : "");
    case Steered::Status::kFlagged:
      return verb == Verb::kDelete ? "was told to stop and is deleted when it has ended"
                                   : "was told to stop";
    case Steered::Status::kRefused:
      return refusal(verb, answer.place);
    case Steered::Status::kSkipped:
      return "has moved meanwhile: nothing was done to it";
    case Steered::Status::kNone:
      return "no such job";
  }
  return "";
}

ExitCode answer_code(const Steered& answer) {
  switch (answer.status) {
    case Steered::Status::kDone:
    case Steered::Status::kFlagged:
      return ExitCode::kOk;
    case Steered::Status::kRefused:
    case Steered::Status::kSkipped:
      return ExitCode::kFailed;
    case Steered::Status::kNone:
      return ExitCode::kNoSuchJob;
  }
  return ExitCode::kFailed;
}

const char* answer_word(const Steered& answer) {
  switch (answer.status) {
    case Steered::Status::kDone:
      return "done";
    case Steered::Status::kFlagged:
      return "asked";
    case Steered::Status::kRefused:
      return "refused";
    case Steered::Status::kSkipped:
      return "skipped";
    case Steered::Status::kNone:
      return "none";
  }
  return "";
}

}  // namespace stint::cli
