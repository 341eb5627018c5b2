target_sources(kapacitor_udf_functions PRIVATE
  detection/family.cpp
  detection/outliers.cpp
  detection/adaptive_window.cpp
  detection/batch_test.cpp
  detection/change_point.cpp
  detection/change_point_options.cpp
  detection/kolmogorov.cpp
  detection/ks_test.cpp
  detection/page_test.cpp
  detection/t_test.cpp)
