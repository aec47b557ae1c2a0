using System.Net;
using MailProxy.Store.Access;
using MailProxy.Store.Access.Tokens;
using MailProxy.Store.Engine.Files;
using MailProxy.Store.Imap;
using MailProxy.Store.Mime;
using MailProxy.Store.Tests.Serving;
using MailProxy.Transport;
using MailProxy.Transport.Memory;
using MailProxy.Transport.Portable;
using MailProxy.Transport.Serving;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MailProxy.Store.Tests.Imap;

/// <summary>A file store in a folder of its own with the IMAP server in front of it; master login is allowed in clear.</summary>
internal sealed class ImapTestServer : IAsyncDisposable
{
    public const string Master = "master";
    public const string Password = "master-secret";

    private readonly string _folder;
    private readonly IMailTransport _transport;
    private readonly ConnectionServer _server;
    private readonly FailingLogger _logger;

    private ImapTestServer(string folder, FileStoreEngine engine, IMailTransport transport, ConnectionServer server, FailingLogger logger)
    {
        _logger = logger;
        _folder = folder;
        Engine = engine;
        _transport = transport;
        _server = server;
    }

    public FileStoreEngine Engine { get; }

    public EndPoint EndPoint => _server.BoundEndPoint;

    public static async Task<ImapTestServer> StartAsync(
        bool onSockets = false, Action<ImapServerOptions>? configure = null, Action<AccessOptions>? access = null, TimeProvider? time = null,
        StoreTokenVerifier? tokens = null)
    {
        var folder = Directory.CreateTempSubdirectory("mailproxy-imap-").FullName;
        var passwordFile = Path.Combine(folder, "master-password");
        await File.WriteAllTextAsync(passwordFile, Password + "\n");
        var accessOptions = new AccessOptions { MasterUser = Master, MasterPasswordFile = passwordFile, AllowClearText = true };
        access?.Invoke(accessOptions);
        var options = new ImapServerOptions { HostName = "store.test", StartTls = new(Certificates.ServerSettings) };
        configure?.Invoke(options);
        var engine = await FileStoreEngine.OpenAsync(
            new() { Data = Path.Combine(folder, "data") }, new MimeKitMessageAnalyzer(), NullLogger.Instance, TimeProvider.System, CancellationToken.None);
        var logger = new FailingLogger();
        var imap = new ImapServer(engine, new StoreAccess(accessOptions, tokens), options, logger, time ?? TimeProvider.System);
        IMailTransport transport = onSockets ? new PortableTransport() : new MemoryTransport();
        EndPoint endPoint = onSockets ? new IPEndPoint(IPAddress.Loopback, 0) : new MemoryEndPoint("imap");
        var server = new ConnectionServer(transport, endPoint, imap.ServeAsync, new(), logger, TimeProvider.System);
        await server.BindAsync(CancellationToken.None);
        return new(folder, engine, transport, server, logger);
    }

    /// <summary>A raw connection whose greeting has been read.</summary>
    public async Task<RawImapClient> ConnectAsync()
    {
        var client = new RawImapClient(await _transport.ConnectAsync(EndPoint));
        await client.ReadLineAsync();
        return client;
    }

    /// <summary>A raw connection, logged in.</summary>
    public async Task<RawImapClient> LogInAsync(string user = "alice@example.org")
    {
        var client = await ConnectAsync();
        await client.OkAsync($"LOGIN \"{user}*{Master}\" {Password}");
        return client;
    }

    /// <summary>Ends sessions as a node that stops does.</summary>
    public Task StopAsync() => _server.StopAsync(TimeSpan.FromSeconds(10));

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await Engine.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        if (!_logger.Errors.IsEmpty)
        {
            Assert.Fail(string.Join("\n", _logger.Errors));
        }
    }
}
