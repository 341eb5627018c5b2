#include <sstream>

#include <gtest/gtest.h>

#include "base/line/parse.hpp"
#include "base/line/writer.hpp"
#include "drive/option_value.hpp"
#include "support/ready_made.hpp"
#include "support/temp_dir.hpp"
#include <kapacitor/udf/testing.hpp>

// The example in the documentation of each ready-made function: blocks of indented lines with text
// in between. The last three are the use in a TICKscript, an option a line; the points that come
// in; what comes out. A block before them is the content of the file that an option names. Points
// are grouped by all their tags. An empty line ends a batch.
namespace kapacitor::udf {
namespace {

using lines = std::vector<std::string>;

/// The blocks, without indent and without empty lines around them.
std::vector<lines> blocks_of(const std::string& example) {
  constexpr std::string_view indent = "    ";
  std::vector<lines> blocks;
  bool within = false;
  std::istringstream in(example);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(indent)) {
      if (!within) blocks.emplace_back();
      blocks.back().push_back(line.substr(indent.size()));
      within = true;
    } else if (line.empty() && within) {
      blocks.back().push_back("");
    } else if (!line.empty()) {
      within = false;
    }
  }
  for (auto& block : blocks) {
    while (block.back().empty()) block.pop_back();
  }
  return blocks;
}

/// `.level('warn', 80.0)`
option option_of(const std::string& line) {
  const auto open = line.find('('), dot = line.find('.');
  auto arguments = line.substr(open + 1, line.rfind(')') - open - 1);
  for (auto at = arguments.find(", "); at != std::string::npos; at = arguments.find(", ", at)) {
    arguments.erase(at + 1, 1);
  }
  const auto name = line.substr(dot + 1, open - dot - 1);
  return host::parse_option(arguments.empty() ? name : name + "=" + arguments);
}

std::vector<option> options_of(const lines& use) {
  std::vector<option> options;
  for (std::size_t i = 1; i < use.size(); ++i) options.push_back(option_of(use[i]));
  return options;
}

test::point read_point(const std::string& line) {
  line_parser parser;
  line_point read;
  EXPECT_EQ(parser.parse(line, 1, read), "") << line;
  test::point p{.name = std::string(read.name), .time = read.time};
  for (const auto& t : read.tags) p.tags.emplace_back(t.name, t.value);
  for (const auto& f : read.fields) {
    p.fields.emplace_back(f.name, std::visit([](auto x) { return test::field_value(x); }, f.value));
  }
  return p;
}

std::vector<test::batch> read_batches(const lines& text) {
  std::vector<test::batch> batches(1);
  for (const auto& line : text) {
    if (line.empty()) {
      batches.emplace_back();
      continue;
    }
    auto& b = batches.back();
    b.points.push_back(read_point(line));
    b.name = b.points.back().name;
    b.tags = b.points.back().tags;
    b.tmax = b.points.back().time;
  }
  return batches;
}

std::vector<test::point> read_points(const lines& text) {
  std::vector<test::point> points;
  for (const auto& line : text) points.push_back(read_point(line));
  return points;
}

std::string written(const test::point& p, const std::string& name) {
  std::string line;
  line_writer out(line, name);
  for (const auto& [tag, text] : p.tags) out.tag(tag, text);
  for (const auto& [field, v] : p.fields) {
    std::visit([&, &of = field](const auto& x) { out.field(of, x); },
               static_cast<const test::field_value::base&>(v));
  }
  EXPECT_EQ(out.end(p.time), "");
  line.pop_back();
  return line;
}

lines written(const test::output& out) {
  lines all;
  for (const auto& p : out.points) all.push_back(written(p, p.name));
  for (const auto& b : out.batches) {
    if (&b != &out.batches.front()) all.push_back("");
    for (auto p : b.points) {
      p.tags = b.tags;
      all.push_back(written(p, b.name));
    }
  }
  while (!all.empty() && all.back().empty()) all.pop_back();
  return all;
}

class Example : public testing::TestWithParam<std::string> {};

TEST_P(Example, GivesWhatItSays) {
  const auto f = test::ready_made(GetParam());
  const auto blocks = blocks_of(f.description.example);
  ASSERT_GE(blocks.size(), 3u) << f.name << " needs a use, points and what comes out";
  const auto& use = blocks[blocks.size() - 3];
  const auto& in = blocks[blocks.size() - 2];
  EXPECT_EQ(use.front(), "@" + f.name + "()");
  auto options = options_of(use);
  const test_support::temp_dir folder;
  if (blocks.size() > 3) {
    std::string text;
    for (const auto& line : blocks[0]) text += line + "\n";
    test_support::write_file(folder / "table.csv", text);
    for (auto& o : options) {
      if (o.name == "file") o.values = {folder / "table.csv"};
    }
  }
  test::runner r(f, options);
  const auto out = f.wants == edge::batch ? r.feed(read_batches(in)) : r.feed(read_points(in));
  ASSERT_EQ(out.error, "");
  EXPECT_EQ(written(out), blocks.back());
}

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const auto& f : functions::all()) all.push_back(f.name);
  return all;
}

INSTANTIATE_TEST_SUITE_P(Documentation, Example, testing::ValuesIn(names()),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace kapacitor::udf
