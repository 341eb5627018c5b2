#pragma once

#include <cstddef>
#include <vector>

namespace kapacitor::udf::functions {

/// A second order section: H(z) = (b0 + b1/z + b2/z²) / (1 + a1/z + a2/z²).
struct biquad {
  double b0 = 1, b1 = 0, b2 = 0, a1 = 0, a2 = 0;
};

/// Butterworth filters as second order sections.
///
/// By the bilinear transform of the analogue filter, whose corner frequencies are warped so that
/// the digital filter has its own, 3 dB down, just where they are asked for. Frequencies are parts
/// of the sampling rate: between 0 and 0.5. A band filter has twice the order that is given.
///
/// Source: A. V. Oppenheim, R. W. Schafer, Discrete-Time Signal Processing, chapter 7
std::vector<biquad> butterworth_lowpass(int order, double cutoff);
std::vector<biquad> butterworth_highpass(int order, double cutoff);
std::vector<biquad> butterworth_bandpass(int order, double low, double high);
std::vector<biquad> butterworth_bandstop(int order, double low, double high);

}  // namespace kapacitor::udf::functions
