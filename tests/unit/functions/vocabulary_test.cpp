#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "functions/registry.hpp"

// One name, one type, one unit, one meaning: the options of all ready-made functions against the
// table in udf/DESIGN.md.
namespace kapacitor::udf {
namespace {

struct entry {
  std::string type, unit, meaning, functions;
};
using vocabulary = std::map<std::string, entry>;

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

/// The cells of `| a | b |`.
std::vector<std::string> cells_of(const std::string& row) {
  std::vector<std::string> cells;
  for (std::size_t begin = 2, end = 0; end = row.find(" |", begin), end != std::string::npos;) {
    cells.push_back(replaced(row.substr(begin, end - begin), "&lt;", "<"));
    begin = end + 3;
  }
  return cells;
}

vocabulary documented() {
  const auto file = std::filesystem::path(KAPACITOR_UDF_TEST_DATA) / "../../udf/DESIGN.md";
  std::ifstream in(file);
  vocabulary all;
  std::string line;
  while (std::getline(in, line) && !line.starts_with("<!-- options:")) {
  }
  std::getline(in, line);  // the columns' names
  std::getline(in, line);
  while (std::getline(in, line) && line.starts_with("| ")) {
    const auto cells = cells_of(line);
    if (cells.size() != 5) {
      ADD_FAILURE() << "five cells are wanted: " << line;
      continue;
    }
    const auto name = replaced(cells[0], "`", "");
    EXPECT_TRUE(all.emplace(name, entry{cells[1], cells[2], cells[3], cells[4]}).second)
        << name << " is there twice";
  }
  return all;
}

std::string type_of(const option_info& o) {
  if (o.types.empty()) return "flag";
  std::string text;
  for (const auto t : o.types) {
    auto word = std::string(to_string(t));
    std::transform(word.begin(), word.end(), word.begin(),
                   [](char c) { return static_cast<char>(c - 'A' + 'a'); });
    text += (text.empty() ? "" : ", ") + word;
  }
  return text;
}

TEST(Vocabulary, HasOneTypeAndOneMeaningForEachName) {
  const auto table = documented();
  std::map<std::string, std::vector<std::string>> users;
  for (const auto& f : functions::all()) {
    for (const auto& o : f.options) {
      users[o.name].push_back(f.name);
      const auto found = table.find(o.name);
      ASSERT_NE(found, table.end()) << f.name << "." << o.name << " is not in udf/DESIGN.md";
      EXPECT_EQ(type_of(o), found->second.type) << f.name << "." << o.name;
      EXPECT_TRUE(o.help.starts_with(found->second.meaning))
          << f.name << "." << o.name << " means '" << o.help << "', in udf/DESIGN.md '"
          << found->second.meaning << "'";
    }
  }
  for (const auto& [name, row] : table) {
    auto names = users[name];
    std::sort(names.begin(), names.end());
    std::string text;
    for (const auto& one : names) text += (text.empty() ? "" : ", ") + one;
    EXPECT_EQ(row.functions, text) << "functions with the option " << name;
    EXPECT_NE(row.unit, "") << name;
  }
  EXPECT_EQ(users.size(), table.size());
}

TEST(Vocabulary, SaysWhichTimeADurationIs) {
  for (const auto& [name, row] : documented()) {
    EXPECT_EQ(row.type == "duration", row.unit.starts_with("time of the ")) << name;
  }
}

/// 'a' and 'b' of "one of 'a', 'b'"; without the examples of "or a ... such as 'c'".
std::vector<std::string> choices(const std::string& allowed) {
  std::vector<std::string> all;
  if (!allowed.starts_with("one of '")) return all;
  const auto examples = std::min(allowed.find(" or a "), allowed.size());
  for (auto at = allowed.find('\''); at < examples;) {
    const auto end = allowed.find('\'', at + 1);
    all.push_back(allowed.substr(at + 1, end - at - 1));
    at = allowed.find('\'', end + 1);
  }
  return all;
}

TEST(Vocabulary, SaysWhatEachChoiceMeans) {
  for (const auto& f : functions::all()) {
    for (const auto& o : f.options) {
      for (const auto& one : choices(o.allowed)) {
        const bool said = o.help.find("'" + one + "'") != std::string::npos ||
                          f.description.computes.find("`" + one + "`") != std::string::npos;
        EXPECT_TRUE(said) << f.name << "." << o.name << " does not say what '" << one << "' is";
      }
    }
  }
}

TEST(Vocabulary, WritesNamesInCamelCase) {
  for (const auto& [name, row] : documented()) {
    EXPECT_TRUE(name[0] >= 'a' && name[0] <= 'z') << name;
    EXPECT_TRUE(std::all_of(name.begin(), name.end(), [](unsigned char c) {
      return std::isalnum(c);
    })) << name;
  }
}

}  // namespace
}  // namespace kapacitor::udf
