#include "program/cli.hpp"

#include <map>

#include <CLI/CLI.hpp>

#include "program/config_file.hpp"
#include "server/start_error.hpp"

namespace kapacitor::udf::server {
namespace {

class command_line {
 public:
  explicit command_line(const cli_shape& shape)
      : shape_(shape), app_(shape.summary, shape.program) {
    app_.set_help_flag("-h,--help", "show this");
    app_.add_flag("--version", show_version_, "show the version");
    if (shape.many_functions) {
      app_.add_flag("--list", list_, "list the functions");
      describe_option_ =
          app_.add_option("--describe", describe_, "show all about a function: options, examples");
      describe_option_->type_name("NAME");
    } else {
      describe_option_ = app_.add_flag("--describe", describe_flag_,
                                       "show all about the function: options, examples");
    }
    app_.add_flag("--markdown", markdown_, "with the above: as Markdown");
    for (const auto& s : shape.known) add(s);
    app_.add_option("--config", config_, "TOML file with keys named like these flags")
        ->type_name("FILE");
    app_.get_formatter()->column_width(28);
  }

  command parse(int argc, const char* const* argv) {
    command result;
    try {
      app_.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
      return shown(app_.help());
    } catch (const CLI::ParseError& problem) {
      throw start_error(std::string(problem.what()) + "; see --help");
    }
    if (show_version_) return shown(shape_.program + " " + version() + "\n");
    if (!config_.empty()) apply_config_file(config_, shape_.known, result.given);
    apply_flags(result.given);
    const bool describe = describe_option_->count() != 0;
    check_together(describe);
    if (list_) result.what = command::kind::list;
    if (describe) result.what = command::kind::describe;
    result.text = describe_;
    result.markdown = markdown_;
    return result;
  }

 private:
  static command shown(std::string text) {
    command c;
    c.what = command::kind::show;
    c.text = std::move(text);
    return c;
  }

  void check_together(bool describe) const {
    if (list_ && describe) throw start_error("--list and --describe: only one of them at a time");
    if (markdown_ && !list_ && !describe) {
      throw start_error(shape_.many_functions ? "--markdown needs --list or --describe NAME"
                                              : "--markdown needs --describe");
    }
  }

  void add(const setting& s) {
    const auto flag = "--" + std::string(s.name);
    const std::string help(s.help);
    if (s.type == setting::kind::flag) {
      app_.add_flag(flag, help);
      return;
    }
    auto& values = values_[std::string(s.name)];
    auto* option = app_.add_option(flag, values, help)->type_name(std::string(s.value));
    // One value each, so that a word too many is not taken for one more.
    option->allow_extra_args(false)->expected(1);
    const bool several = s.type == setting::kind::list;
    option->multi_option_policy(several ? CLI::MultiOptionPolicy::TakeAll
                                        : CLI::MultiOptionPolicy::Throw);
  }

  void apply_flags(settings& to) const {
    for (const auto& s : shape_.known) {
      const auto* option = app_.get_option("--" + std::string(s.name));
      if (option->count() == 0) continue;
      if (s.type == setting::kind::list) to.functions.clear();
      for (const auto& value : option->results()) {
        try {
          s.apply(to, value);
        } catch (const start_error& problem) {
          throw start_error(option->get_name() + ": " + problem.what());
        }
      }
    }
  }

  const cli_shape& shape_;
  CLI::App app_;
  std::map<std::string, std::vector<std::string>> values_;
  std::string describe_, config_;
  CLI::Option* describe_option_ = nullptr;
  bool show_version_ = false, list_ = false, describe_flag_ = false, markdown_ = false;
};

}  // namespace

command parse_command_line(const cli_shape& shape, int argc, const char* const* argv) {
  return command_line(shape).parse(argc, argv);
}

std::string version() {
  return KAPACITOR_UDF_VERSION;
}

}  // namespace kapacitor::udf::server
