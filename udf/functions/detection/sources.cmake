target_sources(kapacitor_udf_functions PRIVATE
  detection/adaptive_window.cpp
  detection/anomaly.cpp
  detection/anomaly_model.cpp
  detection/batch_comparison.cpp
  detection/change_point.cpp
  detection/change_point_options.cpp
  detection/family.cpp
  detection/kolmogorov.cpp
  detection/ks_test.cpp
  detection/outlier_score.cpp
  detection/outliers.cpp
  detection/page_hinkley.cpp
  detection/t_test.cpp
  detection/weighted_range.cpp
  detection/windowed_range.cpp)
