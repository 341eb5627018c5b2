target_sources(kapacitor_udf_functions PRIVATE
  signal/family.cpp
  signal/biquad_filter.cpp
  signal/butterworth.cpp
  signal/filter.cpp
  signal/filter_options.cpp
  signal/fourier.cpp
  signal/kalman_filter.cpp
  signal/rank_filter.cpp
  signal/resample.cpp
  signal/resample_options.cpp
  signal/savgol_filter.cpp
  signal/spectrum.cpp
  signal/spectrum_options.cpp)
