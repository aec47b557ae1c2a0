using System.Net.Security;

namespace MailProxy.Transport.Connections;

/// <summary>
/// SslStream whose close_notify and reads take turns. A TLS object is no place for two threads at once, and SslStream lets a shutdown run
/// beside a read, which is just what happens when one direction of a splice ends while the other waits.
/// </summary>
internal sealed class TlsStream(SslStream ssl) : AsyncStream
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _yield = new();
    private readonly TaskCompletionSource _hasShutDown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource? _reading;
    private CancellationToken _readingFor;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (_yield.IsCancellationRequested)
            {
                await _hasShutDown.Task.WaitAsync(cancellationToken);
                return await ssl.ReadAsync(buffer, cancellationToken);
            }

            await _turn.WaitAsync(cancellationToken);
            try
            {
                return await ssl.ReadAsync(buffer, YieldingToken(cancellationToken));
            }
            catch (OperationCanceledException) when (_yield.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                // Nothing was lost: SslStream keeps what it received of a record. Read on after the shutdown.
            }
            finally
            {
                _turn.Release();
            }
        }
    }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => ssl.WriteAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer) => ssl.Write(buffer);

    /// <summary>Sends close_notify (RFC 8446 6.1). Once; whoever reads goes on reading.</summary>
    public async Task ShutdownAsync()
    {
        await _yield.CancelAsync();
        await _turn.WaitAsync();
        try
        {
            await ssl.ShutdownAsync();
        }
        finally
        {
            _turn.Release();
            _hasShutDown.TrySetResult();
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            ssl.Dispose();
            _reading?.Dispose();
        }

        base.Dispose(disposing);
    }

    // One linked source serves every read of the same reader.
    private CancellationToken YieldingToken(CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled)
        {
            return _yield.Token;
        }

        if (_reading is null || _readingFor != cancellationToken)
        {
            _reading?.Dispose();
            _reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _yield.Token);
            _readingFor = cancellationToken;
        }

        return _reading.Token;
    }
}
