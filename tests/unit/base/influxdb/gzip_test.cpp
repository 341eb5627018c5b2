#include "base/influxdb/gzip.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "base/text/error.hpp"

namespace kapacitor {
namespace {

std::string packed(gzip_writer& writer, std::string_view text) {
  std::string to;
  writer.pack(text, true, to);
  return to;
}

TEST(Gzip, UnpacksToWhatWasPackedOneTextAfterTheOther) {
  for (const int level : {1, 6, 9}) {
    gzip_writer writer(level);
    const std::string large(1'000'000, 'x');
    EXPECT_EQ(unpacked(packed(writer, "one"), 100), "one");
    EXPECT_EQ(unpacked(packed(writer, ""), 100), "");
    const auto small = packed(writer, large);
    EXPECT_LT(small.size(), 10'000U);
    EXPECT_EQ(unpacked(small, large.size()), large);
  }
}

TEST(Gzip, ComesBackHoweverItIsCut) {
  std::string text;
  for (int i = 0; i < 50000; ++i) text += std::to_string(i * 7919) + "\n";
  std::string packed;
  gzip_writer writer;
  writer.pack(std::string_view(text).substr(0, 1000), false, packed);
  writer.pack(std::string_view(text).substr(1000), true, packed);
  EXPECT_TRUE(looks_like_gzip(packed));
  EXPECT_LT(packed.size(), text.size());
  for (const std::size_t chunk : {1u, 7u, 1000u, 1000000u}) {
    gzip_reader reader;
    std::string back;
    for (std::string_view rest = packed; !rest.empty();
         rest.remove_prefix(std::min(chunk, rest.size()))) {
      reader.unpack(rest.substr(0, chunk), back);
    }
    EXPECT_TRUE(reader.complete());
    EXPECT_TRUE(back == text) << chunk;
  }
  EXPECT_TRUE(unpacked(packed + packed, text.size() * 2) == text + text);
}

TEST(Gzip, SeveralOneBehindTheOtherAreOneText) {
  gzip_writer writer;
  const auto both = packed(writer, "one ") + packed(writer, "two");
  EXPECT_EQ(unpacked(both, 100), "one two");
}

TEST(Gzip, ThatIsDamagedCutOffOrTooLargeIsRefused) {
  gzip_writer writer;
  const auto whole = packed(writer, std::string(100'000, 'x'));
  EXPECT_THROW(unpacked("nonsense", 100), std::runtime_error);
  EXPECT_THROW(unpacked("no gzip at all", 100), std::runtime_error);
  EXPECT_THROW(unpacked(whole.substr(0, whole.size() - 9), 1 << 20), std::runtime_error);
  EXPECT_THROW(unpacked(whole.substr(0, whole.size() - 1), 100'000), std::runtime_error);
  EXPECT_THROW(unpacked(whole, 99'999), std::runtime_error);
  EXPECT_TRUE(looks_like_gzip(whole));
  EXPECT_FALSE(looks_like_gzip("m x=1"));
}

TEST(Gzip, HasLevels) {
  EXPECT_EQ(parse_gzip_level("off"), 0);
  EXPECT_EQ(parse_gzip_level("9"), 9);
  for (const auto* wrong : {"", "0", "10", "on"}) {
    EXPECT_THROW(parse_gzip_level(wrong), usage_error) << wrong;
  }
}

}  // namespace
}  // namespace kapacitor
