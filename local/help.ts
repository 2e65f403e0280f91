/** The wrapper's help text. */
export const help = `Runs this checkout's Pulumi program on this machine: the real Pulumi engine and policy pack, simulated AWS.

Usage: npm run local -- <command> --stack <name> [flags]

Every Pulumi command works (up, preview, refresh, destroy, import, stack, config, state, cancel, logs …), with
Pulumi's own flags, prompts and exit codes. These are special:
  preview, up   always with the policy pack; up always shows its preview first
  drift         compares the simulated account with the state; exit code other than 0 when something differs
  export        prints the deployment as JSON (with npm run --silent: nothing else on stdout)
  destroy       says afterwards what is left in the simulated account
  recover       after an interrupted deployment: finds what was created but is missing in the state, and imports it

Flags of the local engine:
  -s, --stack <name>       the stack, as in Pulumi.<name>.yaml
      --program <name>     the program the stack is of: platform (which is meant otherwise), bootstrap,
                           organization
      --stack-file <path>  another stack file for it
      --no-policy          run without the policy pack (says so)
      --fault <spec>       let a provider call or a whole region fail, see local/README.md
      --latency <scale>    let creations take their typical time on AWS, times <scale>
      --delete-orphans     recover: also delete what it can't match to anything in the program

Where stdin is no terminal, --yes is implied. The local stacks live in .local/ (STREAMFLIX_LOCAL_HOME), never in the
git tree; to start afresh, delete that directory. More: local/README.md
`;
