#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/text/error.hpp"
#include "base/text/units.hpp"
#include "run/settings.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace kapacitor::generator {

/// A group of flags, each bound to what it sets. What a reader throws gets the flag's name in
/// front. CLI11, which takes seconds to compile, is seen by the source of this class alone.
class flags {
 public:
  using text = std::string;
  using reader = std::function<void(const text&)>;

  flags(CLI::App& app, const char* group) : app_(app), group_(group) {}

  CLI::Option* option(const char* name, const char* type, const char* help, reader read);
  CLI::Option* string(const char* name, const char* type, const char* help, text& to);
  CLI::Option* duration(const char* name, const char* help, settings::nanoseconds& to);
  CLI::Option* flag(const char* name, const char* help, std::function<void()> set);

  /// The flag makes no sense together with another one that is there already.
  void excludes(CLI::Option* flag, const char* other);
  /// The flag may come again and again.
  static void repeats(CLI::Option* flag);

  /// A whole number from `least` to `most`.
  template <class T>
  CLI::Option* count(const char* name, const char* help, T& to, std::uint64_t least = 0,
                     std::uint64_t most = UINT64_MAX) {
    return option(name, "N", help, [&to, least, most](const text& t) {
      const auto n = parse_count(t);
      if (n < least && most == UINT64_MAX) {
        throw usage_error(fmt::format("must be at least {}", least));
      }
      if (n < least || n > most) {
        throw usage_error(fmt::format("must be between {} and {}, got {}", least, most, t));
      }
      to = n;
    });
  }

  template <class T>
  CLI::Option* choice(const char* name, const char* help, T& to, const std::map<text, T>& values) {
    text names;
    for (const auto& value : values) names += (names.empty() ? "" : "|") + value.first;
    const auto read = [&to, values, names](const text& t) {
      const auto found = values.find(t);
      if (found == values.end()) {
        throw usage_error(fmt::format("'{}' is none of {}", t, names));
      }
      to = found->second;
    };
    return option(name, names.c_str(), help, read);
  }

 private:
  CLI::App& app_;
  const char* group_;
};

/// What the flags say that only makes sense together.
struct flag_texts {
  std::string url, kapacitor_url = "http://127.0.0.1:9092";
  std::string user, password_file, token_file;
};

// Each adds the flags of one group; finish_… makes settings of what they say together.

void add_target_flags(CLI::App& app, settings& s, flag_texts& t);
void add_access_flags(CLI::App& app, settings& s, flag_texts& t);
void add_data_flags(CLI::App& app, settings& s);
/// Of the command `replay` alone.
void add_replay_flags(CLI::App& app, settings& s);
void add_rate_flags(CLI::App& app, settings& s);
void add_failure_flags(CLI::App& app, settings& s);
void add_report_flags(CLI::App& app, settings& s);

/// Errors: usage_error
void finish_target(settings& s, const flag_texts& t);
void finish_access(settings& s, const flag_texts& t);
void finish_data(const settings& s);

}  // namespace kapacitor::generator
