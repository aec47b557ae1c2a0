using MailProxy.Transport.Linux.Native;
using MailProxy.Transport.Serving;

namespace MailProxy.Transport.Linux.Splice;

/// <summary>Empty pipes of one reactor: a direction holds one only while bulk is on its way. Not thread-safe.</summary>
internal sealed class PipePool : IDisposable
{
    // As many directions with bulk stuck in them at once on one reactor as are worth keeping pipes for.
    private const int MaxKept = 32;

    private readonly Stack<SplicePipe> _free = new();

    /// <summary>Pipes that were given out and did not come back; from any thread.</summary>
    public int Rented { get; private set; }

    /// <summary>Pipes that wait for the next bulk; from any thread.</summary>
    public int Kept => _free.Count;

    /// <summary>An empty pipe; null when descriptors ran out, and then copying does as well.</summary>
    public SplicePipe? TryRent()
    {
        if (_free.TryPop(out var pipe))
        {
            Rented++;
            return pipe;
        }

        try
        {
            pipe = new SplicePipe();
            if (pipe.ReadEnd >= DescriptorCeiling.Own)
            {
                pipe.Dispose();
                return null;
            }

            Rented++;
            return pipe;
        }
        catch (System.Net.Sockets.SocketException)
        {
            // Told by whoever accepts; a transfer under way must not suffer.
            return null;
        }
    }

    /// <summary>Takes a pipe back; one with octets in it is not for anybody else.</summary>
    public void Return(SplicePipe pipe)
    {
        Rented--;
        if (pipe.Filled == 0 && _free.Count < MaxKept)
        {
            _free.Push(pipe);
        }
        else
        {
            pipe.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_free.TryPop(out var pipe))
        {
            pipe.Dispose();
        }
    }
}
