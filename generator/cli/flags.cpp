#include "cli/flags.hpp"

#include <CLI/CLI.hpp>

namespace kapacitor::generator {

CLI::Option* flags::option(const char* name, const char* type, const char* help, reader read) {
  const auto named = [name, read = std::move(read)](const text& value) {
    try {
      read(value);
    } catch (const usage_error& error) {
      throw usage_error(text(name) + ": " + error.what());
    }
  };
  auto* made = app_.add_option_function<text>(name, named, help)->type_name(type);
  return made->group(group_);
}

CLI::Option* flags::string(const char* name, const char* type, const char* help, text& to) {
  return option(name, type, help, [&to](const text& t) { to = t; });
}

CLI::Option* flags::duration(const char* name, const char* help, settings::nanoseconds& to) {
  return option(name, "DURATION", help, [&to](const text& t) { to = parse_duration(t); });
}

CLI::Option* flags::flag(const char* name, const char* help, std::function<void()> set) {
  return app_.add_flag_callback(name, std::move(set), help)->group(group_);
}

void flags::excludes(CLI::Option* flag, const char* other) {
  flag->excludes(app_.get_option(other));
}

void flags::repeats(CLI::Option* flag) {
  flag->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

}  // namespace kapacitor::generator
