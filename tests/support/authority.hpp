#pragma once

#include <stdexcept>
#include <string>

#include "support/child.hpp"
#include "support/temp_dir.hpp"

namespace test_support {

/// A certificate authority of our own, and what it signs, made by the program openssl.
class authority {
 public:
  static bool possible() { return on_path("openssl"); }

  explicit authority(const temp_dir& folder) : folder_(folder) {
    run("openssl req -x509 " + key("ca.key") + " -out ca.pem -days 2 -subj /CN=test-authority");
  }
  std::string certificate() const { return folder_ / "ca.pem"; }

  /// Makes NAME.pem and NAME.key.
  void sign(const std::string& name, const std::string& names, int days = 2) const {
    write_file(folder_ / "names", "subjectAltName=" + names + "\n");
    run("openssl req " + key(name + ".key") + " -out request -subj /CN=" + name +
        " && openssl x509 -req -in request -CA ca.pem -CAkey ca.key -CAcreateserial -days " +
        std::to_string(days) + " -extfile names -out " + name + ".pem");
  }
  /// What an influxd needs in its section [http] to serve with NAME's certificate.
  std::string influxd_section(const std::string& name) const {
    return "  https-enabled = true\n  https-certificate = \"" + (folder_ / (name + ".pem")) +
           "\"\n  https-private-key = \"" + (folder_ / (name + ".key")) + "\"\n";
  }

 private:
  static std::string key(const std::string& file) {
    return "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout " + file;
  }
  void run(const std::string& commands) const {
    child shell({"bash", "-c", "cd " + folder_.path().string() + " && " + commands},
                {"", "", folder_ / "openssl.log"});
    if (shell.wait() != 0) {
      throw std::runtime_error("openssl: " + read_file(folder_ / "openssl.log"));
    }
  }

  const temp_dir& folder_;
};

}  // namespace test_support
