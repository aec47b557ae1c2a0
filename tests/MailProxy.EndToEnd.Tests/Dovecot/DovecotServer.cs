using System.Security.Cryptography.X509Certificates;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;

namespace MailProxy.EndToEnd.Tests.Dovecot;

/// <summary>One store: a Dovecot that can be killed and started again with its mail.</summary>
internal sealed class DovecotServer(DovecotOptions options) : IAsyncDisposable
{
    // Root's processes become other users that have to find their way in.
    private const UnixFileMode Passable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const UnixFileMode Open = Passable | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>What it is.</summary>
    public DovecotOptions Options => options;

    /// <summary>The present process.</summary>
    public DovecotProcess Process { get; private set; } = null!;

    /// <summary>Writes its files and starts it.</summary>
    public async Task InstallAsync(TestAuthority authority)
    {
        System.IO.Directory.CreateDirectory(options.Folder, Passable);
        System.IO.Directory.CreateDirectory(options.Path("mail"));
        File.SetUnixFileMode(options.Path("mail"), Open);
        using var certificate = authority.Server();
        await File.WriteAllTextAsync(options.Certificate, certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(options.Key, certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        await File.WriteAllTextAsync(options.Path("masters"), $"{DovecotOptions.MasterUser}:{{PLAIN}}{DovecotOptions.MasterPassword}\n");
        var group = (await ForeignProgram.RunAsync("id", ["-gn"])).Expect(0).Output.Trim();
        await File.WriteAllTextAsync(options.File, DovecotConfiguration.Format(options, Environment.UserName, group));
        await StartAsync();
    }

    /// <summary>Starts it, again too.</summary>
    public async Task StartAsync() => Process = await DovecotProcess.StartAsync(options);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Process is null ? ValueTask.CompletedTask : Process.DisposeAsync();
}
