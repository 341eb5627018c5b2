#include "functions/signal/fourier.hpp"

#include <cmath>
#include <mutex>
#include <new>
#include <numbers>

#include <fftw3.h>

namespace kapacitor::udf::functions {
namespace {

// FFTW makes and unmakes plans in one thread at a time only.
std::mutex& planning() {
  static std::mutex mutex;
  return mutex;
}

}  // namespace

std::vector<double> taper_weights(std::string_view taper, std::size_t n) {
  std::vector<double> weights(n, 1.0);
  if (taper == "none") return weights;
  for (std::size_t i = 0; i < n; ++i) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(n);
    weights[i] = taper == "hann"      ? 0.5 - 0.5 * std::cos(angle)
                 : taper == "hamming" ? 0.54 - 0.46 * std::cos(angle)
                                      : 0.42 - 0.5 * std::cos(angle) + 0.08 * std::cos(2 * angle);
  }
  return weights;
}

fourier::fourier(std::size_t n) : n_(n) {
  const std::lock_guard lock(planning());
  in_ = fftw_alloc_real(n);
  auto* out = fftw_alloc_complex(n / 2 + 1);
  out_ = reinterpret_cast<std::complex<double>*>(out);  // FFTW promises that they are alike
  // Estimated, not measured: a measured plan, and with it the last digits, differs from run to run.
  if (in_ && out_) plan_ = fftw_plan_dft_r2c_1d(static_cast<int>(n), in_, out, FFTW_ESTIMATE);
  if (!plan_) {
    fftw_free(in_);
    fftw_free(out_);
    throw std::bad_alloc();
  }
}

fourier::~fourier() {
  const std::lock_guard lock(planning());
  fftw_destroy_plan(plan_);
  fftw_free(in_);
  fftw_free(out_);
}

std::span<const std::complex<double>> fourier::run() {
  fftw_execute(plan_);
  return {out_, n_ / 2 + 1};
}

}  // namespace kapacitor::udf::functions
