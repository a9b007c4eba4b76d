#include "daemon/cli/progress_bar.h"

#include <algorithm>

namespace stint::cli {
namespace {

constexpr milliseconds kRedraw{100};
constexpr int kCells = 24;

}  // namespace

std::string bar_text(int64_t done, double fraction, milliseconds elapsed, std::string_view noun) {
  std::string text;
  if (fraction >= 0) {
    int full = std::clamp(static_cast<int>(fraction * kCells), 0, kCells);
    text = "[" + std::string(static_cast<size_t>(full), '#') +
           std::string(static_cast<size_t>(kCells - full), '-') + "] " +
           std::to_string(std::clamp(static_cast<int>(fraction * 100), 0, 100)) + "%  ";
  }
  text += counted(done, noun);
  if (elapsed.count() >= 500) {
    text += "  " + grouped(done * 1000 / elapsed.count()) + "/s";
  }
  return text;
}

ProgressBar::ProgressBar(const Output& out, std::string noun)
    : line_(out.may_animate()), noun_(std::move(noun)), start_(now_mono()), last_(start_) {}

void ProgressBar::show(int64_t done, double fraction) {
  MonoTime now = now_mono();
  if (!line_.enabled() || (drawn_ && now - last_ < kRedraw)) {
    return;
  }
  last_ = now;
  drawn_ = true;
  line_.show(bar_text(done, fraction, now - start_, noun_));
}

void ProgressBar::wipe() {
  line_.wipe();
  drawn_ = false;
}

}  // namespace stint::cli
