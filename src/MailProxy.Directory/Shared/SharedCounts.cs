using System.Text;
using MailProxy.Directory.Guard;
using Microsoft.Extensions.Logging;

namespace MailProxy.Directory.Shared;

/// <summary>What all nodes count together: guesses, users' sessions, and what they send. The only folder that knows Redis.</summary>
public sealed class SharedCounts : IAsyncDisposable
{
    private readonly SharedLink _link;
    private readonly SharedNames _names;

    private SharedCounts(SharedCountsOptions options, byte[] key, ILoggerFactory loggers, TimeProvider time)
    {
        var logger = loggers.CreateLogger<SharedCounts>();
        (_link, _names) = (new SharedLink(options, logger, time), new SharedNames(key));
        Sessions = new SharedSessionCounts(_link, _names, logger);
        Rates = new SharedRates(_link, _names);
    }

    /// <summary>Users' sessions.</summary>
    public SharedSessionCounts Sessions { get; }

    /// <summary>What users send within an hour.</summary>
    public SharedRates Rates { get; }

    /// <summary>Why nodes count by themselves now; null while they count together. Never a reason not to be ready.</summary>
    public string? Notice => _link.Problem;

    /// <summary>Null when the options name no server. Connects to nothing before <see cref="StartAsync"/>.</summary>
    /// <exception cref="IOException">The key cannot be read any more.</exception>
    public static SharedCounts? Create(SharedCountsOptions options, ILoggerFactory loggers, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!options.IsOn)
        {
            return null;
        }

        return SharedCountsOptions.FirstLine(options.KeyFile, out var key) is { } problem
            ? throw new IOException($"{nameof(options.KeyFile)}: {problem}")
            : new SharedCounts(options, Encoding.UTF8.GetBytes(key), loggers, time);
    }

    /// <summary>Tries to connect; a server that is away is no reason not to start.</summary>
    public async Task StartAsync()
    {
        await _link.StartAsync();
        Sessions.Start();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Sessions.DisposeAsync();
        await _link.DisposeAsync();
    }

    internal ISharedGuard GuardFor(GuardOptions options) => new SharedGuard(_link, _names, options);
}
