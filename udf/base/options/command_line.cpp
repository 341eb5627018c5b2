#include "base/options/command_line.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <CLI/CLI.hpp>

#include "base/text/error.hpp"
#include "base/text/quote.hpp"

namespace kapacitor {
namespace {

/// The table as CLI11 has it, which only splits the words: values are read later, together with
/// those of the file and of variables.
class splitter {
 public:
  explicit splitter(const option_table& table) : table_(table) {
    app_.set_help_flag();
    app_.add_flag("-h,--help", help_);
    app_.add_flag("--help-json", help_json_);
    app_.add_flag("--version", version_);
    app_.add_option("--config", config_)->expected(1);
    for (const auto& row : table.rows) add(app_, row);
    for (const auto& one : table.commands) add_command(one);
  }

  command_line split(int argc, const char* const* argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ExtrasError&) {
      refuse(app_.remaining(true).front());
    } catch (const CLI::ArgumentMismatch& problem) {
      refuse_count(problem.what());
    } catch (const CLI::ParseError& problem) {
      std::string text = problem.what();
      std::replace(text.begin(), text.end(), '\n', ' ');
      throw usage_error(text + " (--help lists what is allowed)");
    }
    return result();
  }

 private:
  void add(CLI::App& to, const option_row& row) {
    if (row.where == option_row::places::variable_only) return;
    auto name = row.positional ? row.name : "--" + row.name;
    if (row.letter != 0) name = std::string("-") + row.letter + "," + name;
    if (row.value.type == flag_value::kind::toggle) {
      made_.emplace_back(&row, to.add_flag(name));
      return;
    }
    // One value each, so that a word too many is not taken for one more.
    auto* option = to.add_option(name, texts_[&row])->allow_extra_args(false)->expected(1);
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    made_.emplace_back(&row, option);
  }

  void add_command(const option_command& one) {
    auto* command = app_.add_subcommand(one.name)->fallthrough();
    command->set_help_flag();
    for (const auto& row : one.rows) add(*command, row);
  }

  /// Empty if none was named.
  std::string command() const {
    const auto named = app_.get_subcommands();
    if (named.size() > 1) {
      throw usage_error("only one command at a time: " + named[0]->get_name() + " or " +
                        named[1]->get_name());
    }
    return named.empty() ? std::string() : named.front()->get_name();
  }

  command_line result() const {
    command_line line{command(), {}, config_, help_, help_json_, version_};
    if (help_ || help_json_ || version_) return line;
    if (line.command.empty()) line.command = table_.standard_command;
    if (line.command.empty() && !table_.commands.empty()) {
      throw usage_error("a command is missing: " + commands() + " (--help explains them)");
    }
    for (const auto& [row, option] : made_) {
      if (option->count() == 0) continue;
      auto texts = option->results();
      if (row->value.type == flag_value::kind::toggle) texts.resize(1);
      line.given.push_back({row, std::move(texts), row->positional ? row->name : "--" + row->name});
    }
    return line;
  }

  std::string commands() const {
    std::vector<std::string> names;
    for (const auto& one : table_.commands) names.push_back(one.name);
    return listed(names);
  }

  [[noreturn]] void refuse(const std::string& word) const {
    const auto named = command();
    if (!word.starts_with('-')) {
      if (!named.empty() || table_.commands.empty()) {
        throw usage_error(in_quotes(word) +
                          " is one argument too many (--help lists what is allowed)");
      }
      std::vector<std::string> names;
      for (const auto& one : table_.commands) names.push_back(one.name);
      throw usage_error(in_quotes(word) + " is no command: write " + listed(names) +
                        suggestion(word, names));
    }
    const auto flag = word.substr(0, word.find('='));
    auto names = names_of(table_.rows_of(named.empty() ? table_.standard_command : named));
    for (const auto& one : general_options()) names.emplace_back(one.name);
    refuse_secret(flag);
    const auto bare = flag.substr(std::min(flag.find_first_not_of('-'), flag.size()));
    throw usage_error(in_quotes(flag) + " is no flag of " + table_.program +
                      (named.empty() ? "" : " " + named) + suggestion(bare, names, "--") +
                      " (--help lists them)");
  }

  void refuse_secret(const std::string& flag) const {
    for (const auto& row : table_.rows) {
      if (row.where == option_row::places::variable_only && flag == "--" + row.name) {
        throw usage_error(in_quotes(flag) +
                          " is no flag, as others would see it: set the variable " +
                          variable_of(table_, row));
      }
    }
  }

  /// CLI11 says "--threads: 1 required TEXT missing".
  [[noreturn]] void refuse_count(const std::string& said) const {
    const auto name = said.substr(0, said.find(':'));
    for (const auto& [row, option] : made_) {
      if (option->get_name() == name) {
        throw usage_error(name + " needs a value: " + row->value.shown);
      }
    }
    throw usage_error(name + " needs a value");
  }

  const option_table& table_;
  CLI::App app_;
  std::map<const option_row*, std::vector<std::string>> texts_;
  std::vector<std::pair<const option_row*, CLI::Option*>> made_;
  std::string config_;
  bool help_ = false, help_json_ = false, version_ = false;
};

}  // namespace

std::vector<std::string> names_of(const std::vector<const option_row*>& rows) {
  std::vector<std::string> names;
  for (const auto* row : rows) {
    if (!row->positional) names.push_back(row->name);
  }
  return names;
}

command_line read_command_line(const option_table& table, int argc, const char* const* argv) {
  return splitter(table).split(argc, argv);
}

}  // namespace kapacitor
