#pragma once

#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/options/value.hpp"

// One table says all about the options of a program. From it come the flags, the keys of the file
// of --config, the environment variables, the help, man pages and completions.
namespace kapacitor {

/// A line of the table: the flag --NAME, the key NAME of a file, the variable PREFIX_NAME.
struct option_row {
  /// Where the option may be given.
  enum class places {
    all,
    flag_only,      // what makes no sense in a file, such as --list
    variable_only,  // a secret, which would be seen on the command line
  };

  std::string name;  // without the dashes
  flag_value value;
  std::string help;
  std::string group;
  char letter = 0;          // -q
  bool positional = false;  // an argument without a flag; `name` is for messages: FILE
  bool required = false;
  places where = places::all;
  std::vector<std::string> excludes;  // names of other options

  option_row& with_letter(char c) { return letter = c, *this; }
  /// What the help calls the default, if the variable does not hold it.
  option_row& by_default(std::string text) { return value.standard = std::move(text), *this; }
  option_row& as(places p) { return where = p, *this; }
  option_row& is_required() { return required = true, *this; }
  option_row& never_with(std::string other) { return excludes.push_back(std::move(other)), *this; }
};

using option_rows = std::vector<option_row>;

/// Adds rows under one heading of the help.
class option_group {
 public:
  option_group(option_rows& rows, std::string name) : rows_(rows), name_(std::move(name)) {}

  /// Lifetime: of the result, until the next call
  option_row& add(std::string name, flag_value value, std::string help);
  /// An argument without a flag.
  option_row& add_argument(std::string name, flag_value value, std::string help);

 private:
  option_rows& rows_;
  std::string name_;
};

struct option_command {
  std::string name;
  std::string help;
  std::string footer;  // below its help: examples
  option_rows rows;    // beside those of the program
};

/// Tables of a file of --config that the user names: [agent.NAME]. Keys as the rows say.
struct option_section {
  std::string name;    // "agent"
  std::string sample;  // a name that may be used, to explain the rows by
  std::string help;
  /// The rows of one table. Errors: usage_error if its name cannot be used
  ///
  /// Lifetime: of the result, that of the option_table
  std::function<const option_rows&(const std::string& name)> rows_of;
};

struct option_table {
  std::string program;
  std::string version;
  std::string summary;
  std::string variables;                 // what the names of its environment variables begin with
  std::string footer;                    // below the help: signals, examples
  option_rows rows;                      // of all commands
  std::vector<option_command> commands;  // empty: there are none
  std::vector<option_section> sections;  // of the file of --config only
  std::string standard_command;          // what is done if none is named; empty: one must be

  const option_command* find_command(const std::string& name) const;
  /// The rows that a command takes. Lifetime: that of the table
  std::vector<const option_row*> rows_of(const std::string& command) const;
};

/// "KAPACITOR_UDFD_LOG_LEVEL"; empty if the option has no variable.
std::string variable_of(const option_table& table, const option_row& row);

/// An option that every program has and no table.
struct general_option {
  const char* name;
  const char* value;  // "FILE"; empty: it takes none
  const char* help;
  char letter;  // 0: none
};
std::span<const general_option> general_options();

/// The help of the program, or of one of its commands.
std::string help_of(const option_table& table, const std::string& command = {});

/// Everything that the table says, as one JSON object, for man pages and completions.
std::string json_of(const option_table& table);

}  // namespace kapacitor
