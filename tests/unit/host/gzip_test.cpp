#include "host/gzip.hpp"

#include <string>

#include <gtest/gtest.h>

namespace kapacitor::udf::host {
namespace {

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

TEST(Gzip, RefusesWhatIsDamagedCutOffOrTooMuch) {
  std::string packed;
  gzip_writer().pack(std::string(100000, 'x'), true, packed);
  EXPECT_THROW(unpacked("no gzip at all", 100), std::runtime_error);
  EXPECT_THROW(unpacked(packed.substr(0, packed.size() - 9), 1 << 20), std::runtime_error);
  EXPECT_THROW(unpacked(packed, 1000), std::runtime_error);
  EXPECT_EQ(unpacked(packed, 100000).size(), 100000u);
}

}  // namespace
}  // namespace kapacitor::udf::host
