#include "functions/enrichment/enrich.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <optional>
#include <thread>

#include <gtest/gtest.h>

#include "base/text/encoding.hpp"
#include "property/sample.hpp"
#include "support/requests.hpp"
#include "support/session_driver.hpp"
#include "support/temp_dir.hpp"

// enrich against maps, with files of every kind.
namespace kapacitor::udf::enrich_test {
namespace {

using namespace std::chrono_literals;
using functions::enrich;
using test_support::write_file;

using texts = std::vector<std::string>;

test::runner made(const std::vector<option>& options) {
  return test::runner(make_function<enrich>("enrich"), options);
}

class Enrich : public testing::Test {
 protected:
  /// What is said of a file with this content.
  std::string refusal(const std::string& content, std::vector<option> more = {}) {
    write_file(file_, content);
    return refusal(with_file(std::move(more)));
  }
  std::string refusal(const std::vector<option>& options) const {
    auto error = made(options).feed(std::vector<test::point>{}).error;
    if (const auto at = error.find(file_); at != std::string::npos)
      error.replace(at, file_.size(), "FILE");
    return error;
  }
  std::vector<option> with_file(std::vector<option> more = {}) const {
    more.push_back({"file", {file_}});
    if (std::none_of(more.begin(), more.end(), [](const auto& o) { return o.name == "key"; }))
      more.push_back({"key", {"host"}});
    return more;
  }
  /// What becomes of a point.
  std::optional<test::point> answer(test::runner& r, const test::point& p) const {
    const auto out = r.feed({p});
    EXPECT_EQ(out.error, "");
    return out.points.empty() ? std::nullopt : std::optional(out.points[0]);
  }

  test_support::temp_dir folder_;
  std::string file_ = folder_ / "hosts.csv";
};

std::optional<std::string> tag_of(const test::point& p, const std::string& name) {
  for (const auto& [key, text] : p.tags) {
    if (key == name) return text;
  }
  return std::nullopt;
}
test::point of_host(const std::string& host) {
  return {.tags = {{"host", host}}, .fields = {{"x", 1.0}}, .time = 5};
}

/// Text that a CSV file has to take care of.
std::string awkward(test::sample& random) {
  const texts pieces = {"a", "\"", ",", "\n", "\r\n", "é", " ", "7", "ß", "b"};
  std::string text;
  for (auto n = random.below(5); n > 0; --n) text += pieces[random.below(pieces.size())];
  return text;
}
/// The same for a tag, which cannot hold a line break.
std::string awkward_tag(test::sample& random) {
  auto text = awkward(random);
  std::erase(text, '\n');
  return text;
}
std::string as_cell(const std::string& text, test::sample& random) {
  if (text.find_first_of("\",\r\n") == std::string::npos && !random.one_in(3)) return text;
  std::string cell = "\"";
  for (const char c : text) cell += c == '"' ? "\"\"" : std::string(1, c);
  return cell + "\"";
}

TEST_F(Enrich, GivesWhatAMapHasForTheKey) {
  test::sample random(3);
  std::size_t found = 0, all = 0;
  for (int round = 0; round < 20; ++round) {
    // Keys are two columns, the columns stand in any order.
    std::map<std::pair<std::string, std::string>, std::pair<std::string, std::string>> table;
    const bool crlf = random.one_in(2), tag_first = random.one_in(2);
    std::string csv = random.one_in(2) ? "\xEF\xBB\xBF" : "";
    const std::string end = crlf ? "\r\n" : "\n";
    csv += (tag_first ? "rack,site,\"host\",note" : "note,site,\"host\",rack") + end;
    for (int i = 0; i < 200; ++i) {
      const auto host = awkward(random), site = random.word();
      const auto rack = awkward_tag(random), note = awkward(random) + "n";
      if (!table.try_emplace({host, site}, rack, note).second) continue;
      const auto a = as_cell(rack, random), b = as_cell(note, random);
      csv += (tag_first ? a : b) + "," + as_cell(site, random) + "," + as_cell(host, random) + "," +
             (tag_first ? b : a) + (i == 199 ? "" : end);
      if (random.one_in(10)) csv += end;
    }
    write_file(file_, csv);
    auto r = made(with_file(
        {{"key", {"host"}}, {"key", {"site"}}, {"addTag", {"rack as r"}}, {"addField", {"note"}}}));
    std::vector<test::point> points;
    for (int i = 0; i < 5'000; ++i) {
      test::point p{.tags = {{"host", awkward(random)}, {"site", random.word()}},
                    .fields = {{"x", random.part()}},
                    .time = i,
                    .group_by = std::vector<std::string>{"host"}};
      if (random.one_in(20)) p.tags.pop_back();
      if (random.one_in(3)) p.tags.emplace_back("r", "old");
      if (random.one_in(3)) p.fields.emplace_back("note", 3);
      std::sort(p.tags.begin(), p.tags.end());
      points.push_back(std::move(p));
    }
    const auto out = r.feed(points);
    ASSERT_EQ(out.error, "");
    ASSERT_EQ(out.points.size(), points.size());
    for (std::size_t i = 0; i < points.size(); ++i) {
      auto expected = points[i];
      const auto site = tag_of(expected, "site");
      const auto row = table.find({*tag_of(expected, "host"), site.value_or("")});
      ++all;
      if (site && row != table.end()) {
        ++found;
        std::map<std::string, std::string> tags(expected.tags.begin(), expected.tags.end());
        if (!row->second.first.empty()) tags["r"] = row->second.first;
        expected.tags.assign(tags.begin(), tags.end());
        std::erase_if(expected.fields, [](const auto& f) { return f.first == "note"; });
        expected.fields.emplace_back("note", row->second.second);
      }
      auto got = out.points[i];
      std::sort(got.tags.begin(), got.tags.end());
      ASSERT_TRUE(test::same(got, expected)) << i << " of round " << round;
    }
    ASSERT_EQ(r.snapshot(), "");
  }
  EXPECT_EQ(all, 100'000u);
  EXPECT_GT(found, 10'000u);
}

TEST_F(Enrich, AddsAllOtherColumnsAsTagsIfNotTold) {
  write_file(file_, "rack,host,dc\nr1,a,\nr2,b,north\n");
  auto r = made(with_file());
  auto p = answer(r, of_host("b")).value();
  EXPECT_EQ(tag_of(p, "rack"), "r2");
  EXPECT_EQ(tag_of(p, "dc"), "north");
  p = answer(r, of_host("a")).value();
  EXPECT_EQ(p.tags.size(), 2u);  // an empty cell is no tag
  EXPECT_EQ(p.group_by, texts{"host"});
  EXPECT_EQ(p.time, 5);
}

TEST_F(Enrich, ChangesTheGroupOnlyByATagThatIsADimension) {
  write_file(file_, "name,host\na,b\n");
  auto r = made(with_file({{"key", {"name as host"}}, {"addTag", {"host"}}}));
  const auto p = answer(r, of_host("a")).value();
  EXPECT_EQ(p.tags, (std::vector<std::pair<std::string, std::string>>{{"host", "b"}}));
  EXPECT_EQ(p.group_by, texts{"host"});
}

TEST_F(Enrich, GivesAColumnTheTypeThatItsCellsFit) {
  write_file(file_,
             "host,int,real,mixed,flag,code,quoted,empty,big,nan\n"
             "a,1,1,1,true,007,\"1\",,9223372036854775808,nan\n"
             "b,-2,2.5,x,FALSE,12,\"2\",\"\",1,1\n"
             "c,,n/a,y,,,,x,,-\n");
  auto r = made(with_file({{"addField", {"int"}},
                           {"addField", {"real"}},
                           {"addField", {"mixed"}},
                           {"addField", {"flag"}},
                           {"addField", {"code"}},
                           {"addField", {"quoted"}},
                           {"addField", {"empty"}},
                           {"addField", {"big"}},
                           {"addField", {"nan as n"}}}));
  const auto a = answer(r, of_host("a")).value(), b = answer(r, of_host("b")).value();
  const auto is = [](const test::point& p, const char* name, const test::field_value& value) {
    const auto* found = p.find(name);
    EXPECT_TRUE(found && test::same(*found, value)) << name;
  };
  is(a, "int", 1);
  is(b, "int", -2);
  is(a, "real", 1.0);
  is(b, "real", 2.5);
  is(a, "mixed", "1");
  is(b, "mixed", "x");
  is(a, "flag", true);
  is(b, "flag", false);
  is(a, "code", "007");
  is(b, "code", "12");
  is(a, "quoted", "1");
  is(b, "quoted", "2");
  EXPECT_EQ(a.find("empty"), nullptr);
  is(b, "empty", "");
  is(a, "big", 9223372036854775808.0);
  is(b, "big", 1.0);
  EXPECT_EQ(a.find("n"), nullptr);
  is(b, "n", 1);
  is(b, "x", 1.0);
  EXPECT_EQ(answer(r, of_host("c"))->find("real"), nullptr);
}

TEST_F(Enrich, ReadsTablesOfSpreadsheets) {
  for (const auto* text :
       {"host;rack;watts\na;r1;1.721,5\nb;r2;2\n", "sep=;\r\nhost;rack;watts\r\na;r1;1721,5\r\n",
        "\xEF\xBB\xBFhost\track\twatts\na\tr1\t1721.5\n",
        "\"host\",\"rack\",\"watts\"\n\"a\",\"r1\",\"1,721.5\"\n\"b\",\"r2\",\"n/a\"\n"}) {
    write_file(file_, text);
    auto r = made(with_file({{"addTag", {"rack"}}, {"addField", {"watts"}}}));
    const auto p = answer(r, of_host("a")).value();
    EXPECT_EQ(tag_of(p, "rack"), "r1") << text;
    ASSERT_NE(p.find("watts"), nullptr) << text;
    EXPECT_TRUE(test::same(*p.find("watts"), 1721.5)) << text;
  }
}

TEST_F(Enrich, RefusesAColumnOfFieldsThatHasNoOneType) {
  EXPECT_EQ(refusal("host,n\na,1\nb,2\nc,oops\n", {{"addField", {"n"}}}),
            "enrich: file: FILE:4: addField 'n' is of another kind, but 2 of 3 values are "
            "numbers, such as the one in line 2: correct it, or addField 'n as n:string' takes all "
            "of it as text");
  EXPECT_EQ(refusal("host,n\na,1.5\nb,\"1,5\"\n", {{"addField", {"n"}}}),
            "enrich: file: FILE:3: addField 'n' is a number, which is written in another way "
            "than the one in line 2: correct it, or addField 'n as n:string' takes all of it as "
            "text");
  EXPECT_EQ(refusal("host,n\na,\"1,721\"\n", {{"addField", {"n"}}}).substr(0, 60),
            "enrich: file: FILE:2: addField 'n' is a number with a comma:");
}

TEST_F(Enrich, GivesAColumnTheTypeThatTheOptionSays) {
  write_file(file_, "host,n,code,odd:int x\na,1,01234,\"2\"\nb,2,7,3\n");
  auto r = made(with_file({{"addField", {"n as n:double"}},
                           {"addField", {"code as code:int"}},
                           {"addField", {"odd:int x as odd:string"}},
                           {"fallback", {"n", "0"}}}));
  const auto a = answer(r, of_host("a")).value();
  EXPECT_TRUE(test::same(*a.find("n"), 1.0));
  EXPECT_TRUE(test::same(*a.find("code"), 1234));
  EXPECT_TRUE(test::same(*a.find("odd"), "2"));
  EXPECT_TRUE(test::same(*answer(r, of_host("none"))->find("n"), 0.0));
  EXPECT_EQ(refusal("host,n\na,1\nb,20.5\n", {{"addField", {"n as limit:int"}}}),
            "enrich: file: FILE:3: addField 'limit' is no int, as the option says");
}

TEST_F(Enrich, RefusesCellsThatCannotBeTags) {
  EXPECT_EQ(refusal("host,path\na,b\nc,C:\\\n"),
            "enrich: file: FILE:3:3: a cell that becomes a tag ends with a backslash, which "
            "InfluxDB takes in no tag: change the cell, or take the column with addField");
  EXPECT_EQ(refusal("host,path,n\na,\"b\nc\",1\n", {{"addTag", {"path"}}}),
            "enrich: file: FILE:2:3: a cell that becomes a tag has a line break, which InfluxDB "
            "takes in no tag: change the cell, or take the column with addField");
  EXPECT_EQ(refusal("host,path\na\\,C:\\\n", {{"addField", {"path"}}}), "");
}

TEST_F(Enrich, DoesWithMissingKeysWhatItIsTold) {
  write_file(file_, "host,rack,n\na,r1,1\n");
  auto keep = made(with_file());
  EXPECT_TRUE(test::same(answer(keep, of_host("b")).value(), answer(keep, of_host("c")).value()) ==
              false);
  EXPECT_EQ(answer(keep, of_host("b"))->tags.size(), 1u);
  EXPECT_TRUE(answer(keep, {.tags = {}, .fields = {{"x", 1}}}).has_value());
  auto drop = made(with_file({{"missing", {"drop"}}}));
  EXPECT_FALSE(answer(drop, of_host("b")).has_value());
  EXPECT_TRUE(answer(drop, of_host("a")).has_value());
  auto other = made(with_file({{"addTag", {"rack"}},
                               {"addField", {"n as number"}},
                               {"fallback", {"rack", "un,\"known"}},
                               {"fallback", {"number", "-1"}}}));
  const auto p = answer(other, of_host("b")).value();
  EXPECT_EQ(tag_of(p, "rack"), "un,\"known");
  EXPECT_EQ(*p.find("number"), test::field_value(-1));
  EXPECT_EQ(tag_of(answer(other, of_host("a")).value(), "rack"), "r1");
}

/// A session at work on a file that changes, and what it logs.
class watched {
 public:
  explicit watched(const std::vector<option>& options) : driver_(make_function<enrich>("enrich")) {
    driver_.feed(test::init_request(options));
    driver_.responses();
  }
  ::agent::Point point() {
    std::this_thread::sleep_for(3ms);
    ::agent::Request request;
    (*request.mutable_point()->mutable_tags())["host"] = "a";
    (*request.mutable_point()->mutable_fieldsdouble())["x"] = 1;
    driver_.feed(request);
    return driver_.responses().at(0).point();
  }
  std::string rack() { return point().tags().at("rack"); }
  std::size_t warnings(const std::string& text) const {
    return static_cast<std::size_t>(
        std::count_if(driver_.log.begin(), driver_.log.end(), [&](const auto& line) {
          return line.first == log_level::warn && line.second.find(text) != std::string::npos;
        }));
  }

 private:
  test::session_driver driver_;
};

TEST_F(Enrich, ReadsTheFileAgainWhenItChanges) {
  write_file(file_, "host,rack\na,r1\n");
  watched w(with_file({{"reload", {1ms}}}));
  EXPECT_EQ(w.rack(), "r1");
  write_file(file_, "host,rack\na,other\n");
  EXPECT_EQ(w.rack(), "other");
  write_file(folder_ / "new.csv", "host,rack\na,third\n");
  ASSERT_EQ(std::rename((folder_ / "new.csv").c_str(), file_.c_str()), 0);
  EXPECT_EQ(w.rack(), "third");
  EXPECT_EQ(w.warnings("the function warns"), 0u);
}

TEST_F(Enrich, KeepsTheTableWhileTheFileIsBrokenOrGone) {
  write_file(file_, "host,rack\na,r1\n");
  watched w(with_file({{"reload", {1ms}}}));
  write_file(file_, "host,rack\na,r1\na,r2\n");
  EXPECT_EQ(w.rack(), "r1");
  EXPECT_EQ(w.rack(), "r1");
  EXPECT_EQ(w.warnings("warning=\"the table stays as it was: " + file_ +
                       ":3:1: this key is in line 2 already\" count=1"),
            1u);
  ASSERT_EQ(::unlink(file_.c_str()), 0);
  EXPECT_EQ(w.rack(), "r1");
  EXPECT_EQ(w.rack(), "r1");
  EXPECT_EQ(w.warnings("cannot read " + file_ + ": No such file or directory"), 1u);
  write_file(file_, "host,rack\na,back\n");
  EXPECT_EQ(w.rack(), "back");
  EXPECT_EQ(w.warnings("the function warns"), 2u);
}

TEST_F(Enrich, KeepsTheTypesOfTheFirstTable) {
  write_file(file_, "host,limit\na,10\nb,20\n");
  watched w(with_file({{"reload", {1ms}}, {"addField", {"limit"}}}));
  EXPECT_EQ(w.point().fieldsint().at("limit"), 10);
  write_file(file_, "host,limit\na,11\nb,20.5\n");
  EXPECT_EQ(w.point().fieldsint().at("limit"), 10);
  EXPECT_EQ(w.warnings("the table stays as it was: " + file_ +
                       ":3: addField 'limit' is no int, which it was when the task began; InfluxDB "
                       "refuses a field that changes its type: the option can fix it, addField "
                       "'limit as limit:double'"),
            1u);
  write_file(file_, "host,limit\na,12\n");
  EXPECT_EQ(w.point().fieldsint().at("limit"), 12);
}

TEST_F(Enrich, KeepsADoubleADoubleAndATextAText) {
  write_file(file_, "host,real,text\na,0.5,x\n");
  watched w(with_file({{"reload", {1ms}}, {"addField", {"real"}}, {"addField", {"text"}}}));
  w.point();
  write_file(file_, "host,real,text\na,7,8\n");
  const auto p = w.point();
  EXPECT_EQ(p.fieldsdouble().at("real"), 7.0);
  EXPECT_EQ(p.fieldsstring().at("text"), "8");
}

TEST_F(Enrich, RefusesAFileWithWhatIsWrongAndWhere) {
  const std::pair<std::string, std::string> cases[] = {
      {"", "1:1: no line with the names of the columns"},
      {"\xEF\xBB\xBF\r\n\n", "1:1: no line with the names of the columns"},
      {"name,rack\n", "1:1: none of the 2 columns is called 'host'"},
      {"host,rack,host\n", "1:11: columns 1 and 3 have the same name"},
      {"host,\n", "1:6: a column without a name"},
      {"host,rack\n\na,1\nb\n", "4:1: 1 cells, but there are 2 columns"},
      {"host,rack\r\na,1\r\nb,2\r\na,3\r\n", "4:1: this key is in line 2 already"},
      {"host,rack\na,\"1\n\n",
       "2:3: a quote is opened and never closed: allowed is \"a cell\", with quotes in it doubled"},
      {"host,rack\na,\"1\n\"x\n",
       "3:2: after a closing quote only a separator is allowed; a quote within a quoted cell is "
       "doubled"},
      {"host,rack\na,b\nc,\xff\n", "3:3: " + std::string(not_utf8)},
      {"PK\x03\x04", "1:1: the file " + std::string(why_not_text("PK\x03\x04"))},
      {"\xff\xfeh\n", "1:1: the file " + std::string(why_not_text("\xff\xfe"))},
      {"\x1f\x8b", "1:1: the file is gzip: unpack it first"},
  };
  for (const auto& [content, problem] : cases) {
    EXPECT_EQ(refusal(content), "enrich: file: FILE:" + problem);
  }
  std::string wide = "host";
  for (int i = 0; i < 256; ++i) wide += ",c" + std::to_string(i);
  EXPECT_EQ(refusal(wide), "enrich: file: FILE:1:1171: more than 256 columns");
  EXPECT_EQ(refusal(std::string((64 << 20) + 1, 'x')),
            "enrich: file: cannot read FILE: it is larger than 64 MiB");
  EXPECT_EQ(refusal("host,dc,rack\na,n,1\nb,n,1\na,n,2\n", {{"key", {"dc"}}, {"key", {"host"}}}),
            "enrich: file: FILE:4:3: these keys are in line 2 already");
  ASSERT_EQ(::unlink(file_.c_str()), 0);
  EXPECT_EQ(refusal(with_file()), "enrich: file: cannot read FILE: No such file or directory");
  ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
  EXPECT_EQ(refusal(with_file()), "enrich: file: cannot read FILE: it is not a file");
}

TEST_F(Enrich, QuotesNoFileInAnyMessage) {
  const std::string secret = "hunter2";
  for (const std::string& content :
       {secret + "\n" + secret + "\n", secret + "," + secret + "\n", "host," + secret + "\na\n",
        "host,n\n" + secret + ",1\n" + secret + ",2\n", "host,n\na,1\nb,2\nc," + secret + "\n",
        "host,n\na,\"" + secret + "\n", "host,n\na,\"x\"" + secret + "\n",
        "host,n\n" + secret + "," + secret + "\\\n", "host,n\na," + secret + "\xff\n",
        "host,n,n\n" + secret + ",1,2\n"}) {
    for (const auto& more : {std::vector<option>{},
                             {{"addField", {"n"}}},
                             {{"addField", {"n as n:int"}}},
                             {{"addTag", {"n"}}}}) {
      const auto said = refusal(content, more);
      EXPECT_EQ(said.find(secret), std::string::npos) << said;
    }
  }
  EXPECT_NE(refusal(secret + "\n"), "");
  // What is no reason to refuse it is a warning at the first point.
  write_file(file_, "host,n\na,5550123\nb," + secret + "\nc," + secret + "\n");
  watched w(with_file({{"addField", {"n"}}}));
  w.point();
  EXPECT_EQ(w.warnings("addField 'n' is text, such as the one in line 3"), 1U);
  EXPECT_EQ(w.warnings(secret) + w.warnings("5550123"), 0U);
}

TEST_F(Enrich, RefusesOptionsWithWhatIsAllowed) {
  const std::string good = "host,rack\na,1\n";
  EXPECT_EQ(refusal(std::vector<option>{}), "enrich: file is required; key is required");
  EXPECT_EQ(refusal(good, {{"missing", {"skip"}}}),
            "enrich: missing must be one of 'keep', 'drop', got 'skip'");
  EXPECT_EQ(refusal(good, {{"addTag", {" as x"}}}),
            "enrich: addTag must be a column, or 'column as name', got an empty name");
  EXPECT_EQ(refusal(good, {{"addField", {"a as x"}}, {"addField", {"x"}}}),
            "enrich: addField 'x' is given twice");
  EXPECT_EQ(refusal(good, {{"missing", {"drop"}}, {"fallback", {"rack", "x"}}}),
            "enrich: missing 'drop' and fallback do not go together");
  EXPECT_EQ(refusal(good, {{"addTag", {"rack as r"}}, {"fallback", {"rack", "x"}}}),
            "enrich: fallback 'rack' is no tag or field that is added");
  EXPECT_EQ(refusal("host,n\na,1\n", {{"addField", {"n"}}, {"fallback", {"n", "0.5"}}}),
            "enrich: fallback 'n' must be of the column's type int, got '0.5'");
  EXPECT_EQ(refusal(good, {{"fallback", {"rack", "C:\\"}}}),
            "enrich: fallback 'rack' must have no line break and no backslash at its end: InfluxDB "
            "takes neither in a tag");
  EXPECT_EQ(refusal(good, {{"reload", {0s}}}), "enrich: reload must be between 1ms and 1w, got 0s");
}

}  // namespace
}  // namespace kapacitor::udf::enrich_test
