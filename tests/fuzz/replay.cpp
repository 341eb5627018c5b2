#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include <fuzz/target.hpp>

// replay FOLDER ROUNDS: a fuzz target as a test. Plays the files of FOLDER, then ROUNDS inputs
// made of them at random, the same ones every time.
namespace {

std::vector<std::string> inputs_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry);
  std::sort(files.begin(), files.end());
  std::vector<std::string> inputs;
  for (const auto& path : files) {
    std::ifstream file(path, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return inputs;
}

class mutations {
 public:
  explicit mutations(const std::vector<std::string>& inputs) : inputs_(inputs) {}

  std::string next() {
    auto input = any();
    for (auto n = 1 + below(4); n > 0 && !input.empty(); --n) mutate(input);
    return input;
  }

 private:
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }
  const std::string& any() { return inputs_[below(inputs_.size())]; }
  void mutate(std::string& s) {
    const auto at = below(s.size());
    switch (below(6)) {
      case 0:
        s[at] = static_cast<char>(s[at] ^ (1 << below(8)));
        break;
      case 1:
        s[at] = static_cast<char>(engine_());
        break;
      case 2:
        s.erase(at, 1 + below(8));
        break;
      case 3:
        s.insert(at, s, below(s.size()), 1 + below(40));
        break;
      case 4:
        s[at] = "\x00\x01\x7f\x80\xff"[below(5)];
        break;
      default: {
        const auto& other = any();
        s = s.substr(0, at) + other.substr(std::min(other.size(), below(other.size() + 1)));
      }
    }
  }

  const std::vector<std::string>& inputs_;
  std::mt19937_64 engine_{20240521};
};

void play(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: replay FOLDER ROUNDS\n";
    return 2;
  }
  const auto inputs = inputs_in(argv[1]);
  if (inputs.empty()) {
    std::cerr << "no inputs in " << argv[1] << "\n";
    return 2;
  }
  for (const auto& input : inputs) play(input);
  mutations random(inputs);
  const auto rounds = std::stoul(argv[2]);
  for (std::size_t i = 0; i < rounds; ++i) play(random.next());
  std::cout << inputs.size() << " inputs and " << rounds << " made of them\n";
}
