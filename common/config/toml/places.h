// Where configuration, state and the embedded Redis are looked for; the same order for stintd and
// stint.
#pragma once

#include <optional>
#include <string>

namespace stint {

struct Found {
  std::string path;
  std::string origin;  // "--config", "STINT_CONFIG", "default"
  std::string passed_over;
};

// The value of an environment variable, if it is set and not empty.
std::optional<std::string> environment(const char* name);

// From the folder in which the program was started; empty stays empty.
std::string absolute(const std::string& path);

// word: what the flag is called. The configuration file: --config, $STINT_CONFIG (both must exist),
// $XDG_CONFIG_HOME/stint/stint.toml, /etc/stint/stint.toml. path empty: there is none. The third is
// passed over where it may not be read and stands in another user's folder: then the user was
// changed and HOME was not (setpriv, sudo -E), and it is nobody's mistake here.
Found find_config_file(const std::optional<std::string>& flag, const char* word);

// The state directory: flag, $STINT_STATE_DIR, the file's, $STATE_DIRECTORY, /var/lib/stint for
// root and the user `stint`, else $XDG_STATE_HOME/stint.
Found find_state_dir(const std::optional<std::string>& flag, const char* word,
                     const std::string& in_file);

// plugins.paths unless said: lib/stint/tasks below the prefix under which we are installed, also
// under another than we were built for.
std::string default_plugin_folder();

}  // namespace stint
