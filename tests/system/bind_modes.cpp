// For LD_PRELOAD: writes the mode that each UNIX socket's file has as soon as it is there, before
// anything else can be done with it, as "PATH MODE" to the file that BIND_MODES names.
#include <dlfcn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cstdio>
#include <cstdlib>

extern "C" int bind(int fd, const sockaddr* address, socklen_t size) noexcept {
  using function = int (*)(int, const sockaddr*, socklen_t);
  static const auto next = reinterpret_cast<function>(::dlsym(RTLD_NEXT, "bind"));
  const int result = next(fd, address, size);
  const char* report = std::getenv("BIND_MODES");
  if (result != 0 || address->sa_family != AF_UNIX || !report) return result;
  const char* path = reinterpret_cast<const sockaddr_un*>(address)->sun_path;
  struct stat status {};
  if (*path == '\0' || ::stat(path, &status) != 0) return result;
  if (auto* out = std::fopen(report, "a")) {
    std::fprintf(out, "%s %o\n", path, status.st_mode & 0777U);
    std::fclose(out);
  }
  return result;
}
