using System.Text;
using MailProxy.Testing;

namespace MailProxy.EndToEnd.Tests.Rig;

/// <summary>fetchmail with a configuration of its own: POP3 with STLS, UIDL and keep, each message into a file.</summary>
internal sealed class Fetchmail(TempDirectory folder)
{
    private string Box => folder.File("box");

    private string Configuration => folder.File("fetchmailrc");

    /// <summary>Writes the configuration.</summary>
    public async Task ConfigureAsync(IMailCluster cluster, string user)
    {
        System.IO.Directory.CreateDirectory(Box);
        await File.WriteAllTextAsync(
            Configuration,
            $"""
            set idfile "{folder.File("ids")}"
            set pidfile "{folder.File("pid")}"
            poll localhost protocol POP3 service {cluster.Port(110)} uidl
              user "{user}" password "secret" sslproto "auto" sslcertck sslcertfile "{cluster.Authority}" keep
              no rewrite no mimedecode mda "cat > $(mktemp {Box}/XXXXXXXX)"

            """);
        File.SetUnixFileMode(Configuration, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>One poll. Exit code 1: there was no mail.</summary>
    public Task<ProgramResult> PollAsync() => ForeignProgram.RunAsync(
        "fetchmail",
        ["-f", Configuration, "--nodetach", "--nosyslog"],
        environment: new Dictionary<string, string> { ["HOME"] = folder.Path, ["FETCHMAILHOME"] = folder.Path });

    /// <summary>What it fetched so far, normalised and in order.</summary>
    public IEnumerable<string> Fetched => System.IO.Directory.GetFiles(Box).Select(file => Normalize(File.ReadAllText(file, Encoding.Latin1))).Order(StringComparer.Ordinal);

    /// <summary>fetchmail gives its MDA lines that end in LF, and puts a Received field of its own in front.</summary>
    public static string Normalize(string message)
    {
        var text = message.Replace("\r\n", "\n", StringComparison.Ordinal);
        return text[text.IndexOf("From: Me", StringComparison.Ordinal)..];
    }
}
