using System.Net;
using System.Text.Json;
using MailProxy.Directory.Passwords;
using MailProxy.Transport.Tls;

namespace MailProxy.Dev;

/// <summary>What lies in <c>--data</c>: keys made at the first start, the users' file, Consul's values, the stores' mail.</summary>
internal sealed class DevFiles
{
    private static readonly string[] FirstUsers = ["alice@example.org", "bob@example.org", "carol@example.org"];

    private static readonly string[] Domains = ["example.org"];
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    // The password is printed at every start, so its hash need not cost a third of a second at every login.
    private const int DevRounds = 10_000;

    private DevFiles(string folder, int stores, CertificateAuthority authority)
    {
        Folder = folder;
        Authority = authority.RootPath;
        var tls = Path.GetDirectoryName(authority.RootPath)!;
        authority.IssueServer("localhost", ["localhost"], [IPAddress.Loopback, IPAddress.IPv6Loopback]).Dispose();
        authority.IssueClient(DevConfigs.ProxyName).Dispose();
        Server = (Path.Combine(tls, "localhost.pem"), Path.Combine(tls, "localhost.key"));
        for (var number = 1; number <= stores; number++)
        {
            authority.IssueClient(DevConfigs.StoreName(number)).Dispose();
        }

        Client = (Path.Combine(tls, DevConfigs.ProxyName + ".pem"), Path.Combine(tls, DevConfigs.ProxyName + ".key"));
    }

    /// <summary>The folder itself.</summary>
    public string Folder { get; }

    /// <summary>The CA's certificate, for clients to trust.</summary>
    public string Authority { get; }

    /// <summary>For every server of the cluster: localhost, 127.0.0.1, ::1.</summary>
    public (string Certificate, string Key) Server { get; }

    /// <summary>The proxy's at the stores.</summary>
    public (string Certificate, string Key) Client { get; }

    /// <summary>A store's at the other stores, from which it pulls users who move.</summary>
    public (string Certificate, string Key) StoreClient(int number)
    {
        var name = Path.Combine(Path.GetDirectoryName(Authority)!, DevConfigs.StoreName(number));
        return (name + ".pem", name + ".key");
    }

    /// <summary>The directory.</summary>
    public string Users => Path.Combine(Folder, "users.json");

    /// <summary>The agent's keys and values.</summary>
    public string ConsulValues => Path.Combine(Folder, "consul.json");

    /// <summary>The token of the proxy's admin API.</summary>
    public string AdminToken => Path.Combine(Folder, "admin.token");

    /// <summary>The proxy's configuration, for operators' commands.</summary>
    public string ProxyConfiguration => Path.Combine(Folder, "proxy.json");

    /// <summary>A store's mail.</summary>
    public string StoreData(int number) => Path.Combine(Folder, DevConfigs.StoreName(number));

    /// <summary>Makes what is missing. Errors: IOException or UnauthorizedAccessException, whose text names the folder.</summary>
    public static DevFiles Prepare(DevSettings settings)
    {
        CreateFolder(settings.Data);
        var files = new DevFiles(settings.Data, settings.Stores, CertificateAuthority.LoadOrCreate(Path.Combine(settings.Data, "tls"), TimeProvider.System));
        if (!File.Exists(files.Users))
        {
            // Written aside and renamed: a start that is cut off leaves no half of it.
            var draft = files.Users + ".new";
            File.WriteAllText(draft, UsersDocument(settings.Stores));
            File.Move(draft, files.Users);
        }

        WriteToken(files.AdminToken);
        return files;
    }

    // For its owner only, from its first moment.
    private static void WriteToken(string path)
    {
        if (File.Exists(path))
        {
            return;
        }

        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new StreamWriter(path, options);
        file.WriteLine(Http.Admin.AdminToken.Generate());
    }

    // What the system says about a folder that cannot be made ("Could not find file '/proc/x'") does not tell what to do.
    private static void CreateFolder(string folder)
    {
        try
        {
            System.IO.Directory.CreateDirectory(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The folder {folder} cannot be made or is no folder; give --data one that can be written.", exception);
        }
    }

    private static string UsersDocument(int stores) => JsonSerializer.Serialize(
        new
        {
            domains = Domains,
            users = FirstUsers.Select((name, index) => new
            {
                name,
                password = Pbkdf2Writer.Write("secret"u8, DevRounds),

                // Alice and Bob begin on store-1, Carol on the next one, so that a second store has someone.
                home = DevConfigs.StoreName(Math.Min(stores, index < 2 ? 1 : 2)),
            }),
            aliases = new Dictionary<string, string[]> { ["team@example.org"] = FirstUsers },
        },
        Json);
}
