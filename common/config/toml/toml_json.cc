#include "common/config/toml/toml_json.h"

#include <array>
#include <charconv>
#include <cmath>
#include <sstream>

#include "common/text/text.h"

namespace stint {
namespace {

// Recursive: toml++ refuses a file that nests deeper than 256.
class JsonWriter {
 public:
  JsonWriter(Reading& reading, const std::string& where) : reading_(reading), where_(where) {}

  void add(const toml::node& node) {
    node.visit([this](const auto& known) { add_known(known); });
  }
  std::string take() { return std::move(out_); }

 private:
  void add_known(const toml::table& table) {
    char before = '{';
    for (const auto& [key, value] : table) {
      out_ += before;
      before = ',';
      out_ += json_string(key.str());
      out_ += ':';
      add(value);
    }
    out_ += before == '{' ? "{}" : "}";
  }
  void add_known(const toml::array& array) {
    char before = '[';
    for (const toml::node& value : array) {
      out_ += before;
      before = ',';
      add(value);
    }
    out_ += before == '[' ? "[]" : "]";
  }
  void add_known(const toml::value<std::string>& text) { out_ += json_string(text.get()); }
  void add_known(const toml::value<int64_t>& number) { out_ += std::to_string(number.get()); }
  void add_known(const toml::value<bool>& truth) { out_ += truth.get() ? "true" : "false"; }
  void add_known(const toml::value<double>& number) {
    if (!std::isfinite(number.get())) {
      reading_.fail(number, where_ + ": JSON has neither inf nor nan");
      return;
    }
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number.get()).ptr;
    const std::string_view digits(text.data(), static_cast<size_t>(end - text.data()));
    out_ += digits;
    if (digits.find_first_of(".e") == std::string_view::npos) {
      out_ += ".0";  // it was written as a fraction, and stays one
    }
  }
  // Dates and times.
  template <typename T>
  void add_known(const toml::value<T>& other) {
    std::ostringstream text;
    text << other.get();
    out_ += json_string(text.str());
  }

  Reading& reading_;
  const std::string& where_;
  std::string out_;
};

}  // namespace

std::string table_to_json(Reading& reading, const toml::table& table, const std::string& where) {
  JsonWriter writer(reading, where);
  writer.add(table);
  return writer.take();
}

}  // namespace stint
