#pragma once

#include <complex>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

struct fftw_plan_s;

namespace kapacitor::udf::functions {

/// The weights of a taper, "hann", "hamming", "blackman" or "none", periodic in n.
std::vector<double> taper_weights(std::string_view taper, std::size_t n);

/// The Fourier transform of n real numbers, with memory of its own that it keeps.
///
/// Threads: one at a time; any number of them may make some
/// Cost:    O(n log n), whatever n is. Takes memory for a while if n has large prime factors
/// Source:  M. Frigo, S. G. Johnson, The design and implementation of FFTW3, 2005
class fourier {
 public:
  explicit fourier(std::size_t n);
  ~fourier();
  fourier(const fourier&) = delete;
  fourier& operator=(const fourier&) = delete;

  /// What is to be transformed. Gone after run().
  std::span<double> in() { return {in_, n_}; }
  /// Of the frequencies 0 to n / 2. Valid until the next run().
  std::span<const std::complex<double>> run();

 private:
  std::size_t n_;
  double* in_ = nullptr;
  std::complex<double>* out_ = nullptr;
  fftw_plan_s* plan_ = nullptr;
};

}  // namespace kapacitor::udf::functions
