#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/ready_made.hpp"
#include <kapacitor/udf/testing.hpp>

// Ready-made functions against what independent programs computed.
//
// A case is a file <function>/<case>.csv: a line "# {JSON}", a header, a row for each point that
// the function is to emit. The JSON names the series that goes in, the options (durations as
// {"ns": N}, files of this folder {"file": NAME}), and the tolerance: a number may differ by
// absolute + relative * |number|. An empty cell: the point does not have the field. A column
// "tag:host" is of a tag. Without a column "time", the points are those of the series that have a
// finite x, in order.
namespace kapacitor::udf {
namespace {

using nlohmann::json;

const std::filesystem::path folder = std::filesystem::path(KAPACITOR_UDF_TEST_DATA) / "golden";

struct table {
  json about;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;

  std::optional<std::size_t> column(const std::string& name) const {
    const auto found = std::find(columns.begin(), columns.end(), name);
    if (found == columns.end()) return std::nullopt;
    return static_cast<std::size_t>(found - columns.begin());
  }
};

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells(1);
  for (const char c : line) {
    if (c == ',') {
      cells.emplace_back();
    } else {
      cells.back() += c;
    }
  }
  return cells;
}

table read(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error("cannot read " + file.string());
  table result;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("# ")) {
      result.about = json::parse(line.substr(2));
    } else if (result.columns.empty()) {
      result.columns = cells_of(line);
    } else {
      result.rows.push_back(cells_of(line));
    }
  }
  return result;
}

/// "1.5", "nan", "inf": a double; "3i": an int; "true", "false": a bool; "'text'": a string.
test::field_value value_of(const std::string& cell) {
  if (cell == "true" || cell == "false") return cell == "true";
  if (cell.starts_with('\'')) return cell.substr(1, cell.size() - 2);
  if (cell.ends_with('i')) return std::int64_t{std::stoll(cell)};
  return std::strtod(cell.c_str(), nullptr);
}

option_value argument_of(const json& j) {
  if (j.is_boolean()) return j.get<bool>();
  if (j.is_number_integer()) return j.get<std::int64_t>();
  if (j.is_number()) return j.get<double>();
  if (j.contains("file")) return (folder / j.at("file").get<std::string>()).string();
  if (j.is_object()) return std::chrono::nanoseconds(j.at("ns").get<std::int64_t>());
  return j.get<std::string>();
}

/// [["field", "x"], ["size", 10], ["keep"]]
std::vector<option> options_of(const json& all) {
  std::vector<option> options;
  for (const auto& use : all) {
    option o{use.at(0).get<std::string>(), {}};
    for (std::size_t i = 1; i < use.size(); ++i) o.values.push_back(argument_of(use[i]));
    options.push_back(std::move(o));
  }
  return options;
}

std::vector<test::point> points_of(const table& series) {
  std::vector<test::point> points;
  for (const auto& row : series.rows) {
    test::point p;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (series.columns[i] == "time") {
        p.time = std::stoll(row[i]);
      } else if (series.columns[i].starts_with("tag:")) {
        p.tags.emplace_back(series.columns[i].substr(4), row[i]);
      } else if (!row[i].empty()) {
        p.fields.emplace_back(series.columns[i], value_of(row[i]));
      }
    }
    points.push_back(std::move(p));
  }
  return points;
}

/// The points in batches: those with the same value in the column "batch".
std::vector<test::batch> batches_of(const table& series) {
  const auto points = points_of(series);
  const auto column = series.column("batch").value();
  std::vector<test::batch> batches;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (i == 0 || series.rows[i][column] != series.rows[i - 1][column]) batches.emplace_back();
    batches.back().tmax = points[i].time;
    batches.back().points.push_back(points[i]);
  }
  return batches;
}

std::vector<test::point> emitted(const test::output& out) {
  auto points = out.points;
  for (const auto& b : out.batches) points.insert(points.end(), b.points.begin(), b.points.end());
  return points;
}

class tolerance {
 public:
  explicit tolerance(const json& about)
      : relative_(about.value("relative", 1e-9)), absolute_(about.value("absolute", 0.0)) {}
  bool holds(double got, double expected) const {
    return std::abs(got - expected) <= absolute_ + relative_ * std::abs(expected);
  }

 private:
  double relative_, absolute_;
};

std::string tag_of(const test::point& p, const std::string& name) {
  for (const auto& [key, text] : p.tags) {
    if (key == name) return text;
  }
  return {};
}

void compare(const test::point& got, const table& expected, std::size_t row, const tolerance& t) {
  for (std::size_t i = 0; i < expected.columns.size(); ++i) {
    const auto& name = expected.columns[i];
    const auto& cell = expected.rows[row][i];
    if (name == "time") {
      ASSERT_EQ(got.time, std::stoll(cell)) << "row " << row;
      continue;
    }
    if (name.starts_with("tag:")) {
      ASSERT_EQ(test::field_value(tag_of(got, name.substr(4))), value_of(cell)) << "row " << row;
      continue;
    }
    const auto* found = got.find(name);
    if (cell.empty()) {
      ASSERT_EQ(found, nullptr) << name << " in row " << row;
      continue;
    }
    ASSERT_NE(found, nullptr) << name << " in row " << row;
    const auto value = value_of(cell);
    if (const auto* number = std::get_if<double>(&value)) {
      const auto is = got.number(name);
      ASSERT_TRUE(is && t.holds(*is, *number))
          << name << " in row " << row << ": " << is.value_or(std::nan("")) << ", expected "
          << cell;
    } else {
      ASSERT_EQ(*found, value) << name << " in row " << row;
    }
  }
}

class Golden : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(Golden, AgreesWithAnIndependentReference) {
  const auto expected = read(GetParam());
  const auto series =
      read(folder / "series" / (expected.about.at("series").get<std::string>() + ".csv"));
  const auto f = test::ready_made(GetParam().parent_path().filename().string());
  test::runner r(f, options_of(expected.about.at("options")));
  const auto out = f.wants == edge::batch ? r.feed(batches_of(series)) : r.feed(points_of(series));
  ASSERT_EQ(out.error, "");
  const auto points = emitted(out);
  ASSERT_EQ(points.size(), expected.rows.size());
  const tolerance t(expected.about);
  for (std::size_t i = 0; i < points.size() && !HasFatalFailure(); ++i) {
    compare(points[i], expected, i, t);
  }
}

std::vector<std::filesystem::path> cases() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const auto& path = entry.path();
    if (path.extension() == ".csv" && path.parent_path().filename() != "series")
      files.push_back(path);
  }
  std::sort(files.begin(), files.end());
  return files;
}

INSTANTIATE_TEST_SUITE_P(Functions, Golden, testing::ValuesIn(cases()), [](const auto& one) {
  auto name = one.param.parent_path().filename().string() + "_" + one.param.stem().string();
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return !std::isalnum(c); }, '_');
  return name;
});

}  // namespace
}  // namespace kapacitor::udf
