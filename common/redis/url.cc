#include "common/redis/url.h"

#include <sys/un.h>

#include <charconv>
#include <optional>

#include "common/text/text.h"

namespace stint::redis {

namespace {

constexpr std::string_view kForms =
    "use redis://[user[:password]@]host[:port][/db] or unix:///path[?db=0]";

constexpr size_t kLongestShown = 1000;

Error url_error(std::string_view what) {
  return {ErrorCode::kInvalid, "Redis URL: " + std::string(what) + "; " + std::string(kForms)};
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0 || (high == 0 && low == 0)) {
      return std::nullopt;
    }
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

std::optional<int> number_in(std::string_view text, int lowest, int highest) {
  int value = 0;
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size() || value < lowest ||
      value > highest) {
    return std::nullopt;
  }
  return value;
}

// Takes "user:password@" off the front of authority. False: a bad %-escape.
bool take_credentials(std::string_view& authority, Url& url) {
  size_t at = authority.rfind('@');
  if (at == std::string_view::npos) {
    return true;
  }
  std::string_view credentials = authority.substr(0, at);
  authority.remove_prefix(at + 1);
  size_t colon = credentials.find(':');
  auto user = percent_decode(credentials.substr(0, colon));
  auto password = percent_decode(colon == std::string_view::npos ? std::string_view()
                                                                 : credentials.substr(colon + 1));
  if (!user || !password) {
    return false;
  }
  url.user = *user;
  url.password = *password;
  return true;
}

std::optional<Error> set_host_and_port(std::string_view authority, Url& url) {
  size_t colon = authority.rfind(':');
  if (authority.starts_with('[')) {
    size_t bracket = authority.find(']');
    if (bracket == std::string_view::npos) {
      return url_error("a ']' is missing after the IPv6 address");
    }
    url.host = authority.substr(1, bracket - 1);
    colon = bracket + 1 < authority.size() ? bracket + 1 : std::string_view::npos;
    if (colon != std::string_view::npos && authority[colon] != ':') {
      return url_error("only :port may follow the ']'");
    }
  } else {
    url.host = authority.substr(0, colon);
  }
  if (url.host.empty()) {
    return url_error("the host is missing");
  }
  if (url.host.find_first_of(authority.starts_with('[') ? "[]" : "[]:") != std::string::npos) {
    return url_error("an IPv6 address stands in [ ], and nothing else has colons or brackets");
  }
  if (colon != std::string_view::npos) {
    auto port = number_in(authority.substr(colon + 1), 1, 65535);
    if (!port) {
      return url_error("the port must be a number from 1 to 65535");
    }
    url.port = *port;
  }
  return std::nullopt;
}

std::optional<Error> set_socket(std::string_view path, Url& url) {
  auto decoded = percent_decode(path);
  if (!decoded || path.size() < 2) {
    return url_error("unix:// needs an absolute path");
  }
  if (decoded->size() >= sizeof(sockaddr_un::sun_path)) {
    return url_error("the path of a Unix socket may have at most 107 bytes");
  }
  url.socket = *decoded;
  return std::nullopt;
}

std::optional<Error> set_db(std::string_view text, Url& url) {
  auto db = number_in(text, 0, 1'000'000);
  if (!db) {
    return url_error("the database must be a number, 0 or more");
  }
  url.db = *db;
  return std::nullopt;
}

}  // namespace

std::string Url::display() const {
  std::string who = user.empty() ? "" : user + "@";
  std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  std::string text;
  if (socket.empty()) {
    text = "redis://" + who + name + ":" + std::to_string(port) +
           (db == 0 ? "" : "/" + std::to_string(db));
  } else {
    text = "unix://" + who + socket + (db == 0 ? "" : "?db=" + std::to_string(db));
  }
  return escape(text, kLongestShown);  // a %-escape may have been any byte
}

Result<Url> parse_url(std::string_view text) {
  constexpr std::string_view kUnix = "unix://";
  constexpr std::string_view kTcp = "redis://";
  if (text.starts_with("rediss://")) {
    return Error{ErrorCode::kInvalid,
                 "Redis URL: rediss:// (TLS) is not spoken here; run stunnel beside and use the "
                 "redis:// or unix:// address it listens on"};
  }
  bool is_unix = text.starts_with(kUnix);
  if (!is_unix && !text.starts_with(kTcp)) {
    return url_error("it begins with neither redis:// nor unix://");
  }
  if (has_control(text)) {
    return url_error("a control character in it must be written as %XX");
  }
  text.remove_prefix(is_unix ? kUnix.size() : kTcp.size());

  size_t query_at = text.find('?');
  std::string_view query =
      query_at == std::string_view::npos ? std::string_view() : text.substr(query_at + 1);
  text = text.substr(0, query_at);
  size_t slash = text.find('/');
  std::string_view authority = text.substr(0, slash);
  std::string_view path = slash == std::string_view::npos ? std::string_view() : text.substr(slash);

  Url url;
  if (!take_credentials(authority, url)) {
    return url_error("user and password may hold %XX escapes only");
  }
  std::optional<Error> wrong;
  if (is_unix) {
    wrong = authority.empty() ? set_socket(path, url) : url_error("unix:// takes no host");
  } else {
    wrong = set_host_and_port(authority, url);
    if (!wrong && path.size() > 1) {
      wrong = set_db(path.substr(1), url);
    }
  }
  if (!wrong && query.starts_with("db=")) {
    wrong = set_db(query.substr(3), url);
  } else if (!wrong && !query.empty()) {
    wrong = url_error("the only option after '?' is db=");
  }
  if (wrong) {
    return *wrong;
  }
  return url;
}

}  // namespace stint::redis
