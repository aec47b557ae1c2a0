using System.Diagnostics;
using System.Net;
using System.Text;
using MailProxy.Directory.Guard;
using MailProxy.Directory.Shared;
using MailProxy.Directory.Tests.Cache;
using MailProxy.Testing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MailProxy.Directory.Tests.Shared;

/// <summary>A node's directory and its share of the counts.</summary>
internal sealed class SharedNode : IAsyncDisposable
{
    private readonly LoggerFactory _loggers;

    private SharedNode(RedisServer server, GuardOptions options, string passwordFile, string user)
    {
        _loggers = new LoggerFactory([new RecordingProvider(Log)]);
        var shared = new SharedCountsOptions { Servers = [$"127.0.0.1:{server.Port}"], KeyFile = server.KeyFile, PasswordFile = passwordFile, User = user };
        Assert.Empty(shared.Validate("Shared"));
        Counts = SharedCounts.Create(shared, _loggers, TimeProvider.System)!;
        Directory = new GuardedDirectory(Provider, options, TimeProvider.System, new Random(1), Counts.GuardFor(options));
    }

    public RecordingLogger Log { get; } = new();

    public ScriptedProvider Provider { get; } = new() { Answer = AuthenticationOutcome.WrongPassword };

    public SharedCounts Counts { get; }

    public GuardedDirectory Directory { get; }

    /// <summary>No attempt waits: whose turn is not now is told so.</summary>
    public static GuardOptions Impatient => new() { Free = 3, FreeWhereKnown = 6, FirstDelay = TimeSpan.FromMinutes(1), LongestDelay = TimeSpan.FromMinutes(1), LongestWait = TimeSpan.FromMilliseconds(1) };

    public static async Task<SharedNode> StartAsync(RedisServer server, GuardOptions? options = null, string passwordFile = "", string user = "")
    {
        var node = new SharedNode(server, options ?? Impatient, passwordFile, user);
        await node.Counts.StartAsync();
        return node;
    }

    public async Task<AuthenticationOutcome> AskAsync(string password, string user = "alice", string from = "192.0.2.99")
    {
        using var secret = new Secret(Encoding.UTF8.GetBytes(password));
        return (await Directory.AuthenticateAsync(
            new AuthenticationRequest(user, "", secret, "PLAIN", "imap", new IPEndPoint(IPAddress.Parse(from), 1), true), CancellationToken.None)).Outcome;
    }

    /// <summary>Until all nodes count together again, or until this one knows that they do not.</summary>
    public async Task UntilAsync(bool together)
    {
        var patience = Stopwatch.StartNew();
        while (Counts.Notice is null != together)
        {
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(20), $"after 20 s: {Counts.Notice ?? "together"}");
            await Beat.WaitAsync(10);
        }
    }

    /// <summary>Enters a session that only this node gets to know of.</summary>
    public async Task UntilEnteringFailsAsync(ulong session)
    {
        Assert.Null(await Counts.Sessions.EnterAsync(session, "alice@example.org", "4:1", 3, 0));
        Assert.NotNull(Counts.Notice);
    }

    public async ValueTask DisposeAsync()
    {
        await Directory.DisposeAsync();
        await Counts.DisposeAsync();
        _loggers.Dispose();
    }

    private sealed class RecordingProvider(RecordingLogger log) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => log;

        public void Dispose()
        {
        }
    }
}
