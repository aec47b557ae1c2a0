namespace MailProxy.Directory.Passwords;

/// <summary>
/// Runs password comparisons away from the thread that asks, unless they are cheap: it may be a reactor, and a comparison may burn half a second of CPU.
/// So many at once as there are processors; the others wait in line, and the line is bounded.
/// </summary>
internal sealed class PasswordChecks(int atOnce, int waiting) : IAsyncDisposable
{
    /// <summary>
    /// Comparisons in line. With a hash of 10 ms and four processors the last of them waits ten seconds, which is what clients endure; each
    /// holds a session and a task, about a kilobyte.
    /// </summary>
    public const int DefaultWaiting = 4096;

    private readonly Admission _admission = new(atOnce, waiting);
    private volatile bool _hasEnded;

    public PasswordChecks()
        : this(Environment.ProcessorCount, DefaultWaiting)
    {
    }

    /// <summary>Compares, or null if too many are waiting already.</summary>
    /// <param name="hash">What is stored.</param>
    /// <param name="password">Must stay alive until the task ends, cancelled or not.</param>
    /// <param name="cancellationToken">Ends the waiting; a comparison that has begun is finished.</param>
    /// <exception cref="InvalidOperationException">See <see cref="PasswordHash.Verify"/>.</exception>
    public Task<bool?> CompareAsync(PasswordHash hash, Secret password, CancellationToken cancellationToken) =>
        hash.IsCheap && !_hasEnded && !cancellationToken.IsCancellationRequested
            ? Task.FromResult<bool?>(hash.Verify(password.Octets.Span))
            : CompareAsync(() => hash.Verify(password.Octets.Span), cancellationToken);

    private async Task<bool?> CompareAsync(Func<bool> compare, CancellationToken cancellationToken)
    {
        if (!await _admission.EnterAsync(cancellationToken))
        {
            return null;
        }

        try
        {
            return await Task.Run(compare, CancellationToken.None);
        }
        finally
        {
            _admission.Leave();
        }
    }

    /// <summary>Compares what a request brings, a password or a proof, or null if too many are waiting already.</summary>
    /// <exception cref="InvalidOperationException">See <see cref="PasswordHash.Verify"/>.</exception>
    public Task<bool?> CompareAsync(PasswordHash hash, AuthenticationRequest request, CancellationToken cancellationToken) =>
        request.Proof is { } proof
            ? CompareAsync(() => proof.Matches(hash), cancellationToken)
            : CompareAsync(hash, request.Secret, cancellationToken);

    /// <summary>Waits for the comparisons that were asked for before. None may be asked for after.</summary>
    public async ValueTask DisposeAsync()
    {
        _hasEnded = true;
        await _admission.DrainAsync();
        _admission.Dispose();
    }
}
