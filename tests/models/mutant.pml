/* Which safeguard is taken out: 0 none, else a number that the model defines, with what it stands for. From the environment,
   so that one verifier serves every mutant of a model. UNAUDITED leaves the invariant on containers out, so that a mutant has
   to be caught by what the model promises to the outside. */
byte mutant;
bool unaudited;
inline choose_mutant() {
  c_code {
    now.mutant = getenv("MUTANT") ? (unsigned char)atoi(getenv("MUTANT")) : 0;
    now.unaudited = getenv("UNAUDITED") != 0;
  }
}
#define kept(safeguard) (mutant != safeguard)
