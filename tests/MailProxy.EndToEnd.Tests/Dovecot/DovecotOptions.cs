namespace MailProxy.EndToEnd.Tests.Dovecot;

/// <summary>One Dovecot.</summary>
/// <param name="Folder">Everything of it is below; its unprivileged processes must be able to reach it.</param>
/// <param name="FirstPort">Its ports are this plus 10 (POP3), 24 (LMTP), 41 (ManageSieve), 42 (the same over TLS), 43 (IMAP), 80 (LMTP over TLS), 93 (IMAPS), 95 (POP3S).</param>
/// <param name="Tls">Whether TLS is required.</param>
internal sealed record DovecotOptions(string Folder, int FirstPort, DovecotTls Tls)
{
    /// <summary>The password of every user in its static passdb; the proxy's directory knows others.</summary>
    public const string UserPassword = "only-dovecot-knows";

    /// <summary>The proxy's account in its master passdb.</summary>
    public const string MasterUser = "proxy";

    /// <summary>The password of that account.</summary>
    public const string MasterPassword = "only-the-proxy-knows";

    /// <summary>What the configuration says besides, at its end.</summary>
    public string More { get; init; } = "";

    /// <summary>Debian has ManageSieve in a package of its own.</summary>
    public bool HasSieve { get; } = System.IO.File.Exists(SieveProgram);

    /// <summary>What that package brings.</summary>
    public const string SieveProgram = "/usr/lib/dovecot/managesieve-login";

    /// <summary>The configuration's file.</summary>
    public string File => Path("dovecot.conf");

    /// <summary>Its certificate.</summary>
    public string Certificate => Path("cert.pem");

    /// <summary>The certificate's key.</summary>
    public string Key => Path("key.pem");

    /// <summary>A path below its folder.</summary>
    public string Path(string name) => System.IO.Path.Combine(Folder, name);
}
