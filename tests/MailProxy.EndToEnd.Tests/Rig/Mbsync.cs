using System.Text;
using MailProxy.Testing;

namespace MailProxy.EndToEnd.Tests.Rig;

/// <summary>mbsync with a configuration of its own: every folder, two ways, over implicit TLS, with a Maildir tree.</summary>
internal sealed class Mbsync(TempDirectory folder)
{
    /// <summary>The Maildir tree.</summary>
    public string Maildir => folder.File("mail");

    private string Configuration => folder.File("mbsyncrc");

    /// <summary>Writes the configuration.</summary>
    public Task ConfigureAsync(IMailCluster cluster, string user) => File.WriteAllTextAsync(
        Configuration,
        $"""
        IMAPAccount proxy
        Host localhost
        Port {cluster.Port(993)}
        User {user}
        Pass secret
        SSLType IMAPS
        CertificateFile {cluster.Authority}

        IMAPStore far
        Account proxy

        MaildirStore near
        SubFolders Verbatim
        Path {Maildir}/
        Inbox {Maildir}/INBOX

        Channel all
        Far :far:
        Near :near:
        Patterns *
        Create Both
        Expunge Both
        SyncState *

        """);

    /// <summary>One run over all folders; it must succeed.</summary>
    public async Task<ProgramResult> SyncAsync() =>
        (await ForeignProgram.RunAsync("mbsync", ["-c", Configuration, "-a"], environment: new Dictionary<string, string> { ["HOME"] = folder.Path })).Expect(0);

    /// <summary>Puts a message into a local folder, with Maildir flags like <c>S</c>.</summary>
    public void Write(string box, string name, string message, string flags)
    {
        foreach (var part in new[] { "cur", "new", "tmp" })
        {
            System.IO.Directory.CreateDirectory(Path.Combine(Maildir, box, part));
        }

        File.WriteAllText(Path.Combine(Maildir, box, "cur", $"{name}.test:2,{flags}"), message.Replace("\r\n", "\n", StringComparison.Ordinal), Encoding.Latin1);
    }

    /// <summary>The files of a local folder's messages.</summary>
    public IReadOnlyList<string> Files(string box) =>
        [.. new[] { "cur", "new" }.SelectMany(part => System.IO.Directory.GetFiles(Path.Combine(Maildir, box, part)))];

    /// <summary>The Maildir flags of a file.</summary>
    public static string FlagsOf(string file) => file[(file.LastIndexOf(',') + 1)..];

    /// <summary>mbsync marks what it uploads with a field of its own where the server has no UIDPLUS; nothing else may differ.</summary>
    public static string WithoutMark(string message) =>
        string.Join("\r\n", message.Split("\r\n").Where(line => !line.StartsWith("X-TUID: ", StringComparison.Ordinal)));
}
