namespace MailProxy.Directory.OAuth;

/// <summary>Says whether a token is good: by keys or by asking.</summary>
internal interface ITokenVerifier : IAsyncDisposable
{
    /// <summary>Why no token can be judged now; null: they can.</summary>
    string? Unreadiness { get; }

    /// <summary>What does not work although tokens can be judged; null: nothing.</summary>
    string? Notice { get; }

    /// <summary>Another number when other keys are known.</summary>
    long Version { get; }

    /// <summary>Gets ready as far as that is possible now, and goes on trying.</summary>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Judges a token. Never throws but for cancellation.</summary>
    /// <param name="token">ASCII, bounded.</param>
    /// <param name="trace">Hears each step; null: nobody listens.</param>
    /// <param name="cancellationToken">The asker's.</param>
    Task<TokenVerdict> VerifyAsync(string token, Action<string>? trace, CancellationToken cancellationToken);
}
