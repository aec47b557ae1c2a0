using System.Runtime.InteropServices;

namespace MailProxy.Transport.Linux.Native;

/// <summary>A pipe whose octets never leave the kernel: splice(2) needs one between two sockets.</summary>
internal sealed unsafe class SplicePipe : IDisposable
{
    /// <summary>
    /// What a pipe may hold. A slot holds a page of a socket's buffer, so this is what a full window of loopback or a fast network brings at once;
    /// the system's limit for unprivileged processes (fs.pipe-max-size) is the same.
    /// </summary>
    public const int Capacity = 1024 * 1024;

    private readonly SafeDescriptor _read;
    private readonly SafeDescriptor _write;

    /// <summary>Errors: <see cref="System.Net.Sockets.SocketException"/> when descriptors ran out.</summary>
    public SplicePipe()
    {
        var ends = stackalloc int[2];
        if (Libc.Pipe(ends, Libc.NonBlocking | Libc.CloseOnExec) != 0)
        {
            throw Errno.ToException(Marshal.GetLastPInvokeError());
        }

        (_read, _write) = (SafeDescriptor.Of(ends[0]), SafeDescriptor.Of(ends[1]));
        // A smaller pipe than asked for works as well, only with more calls.
        _ = Libc.Control(_write.Value, Libc.SetPipeSize, Capacity);
    }

    /// <summary>Where octets come out.</summary>
    public int ReadEnd => _read.Value;

    /// <summary>Where octets go in.</summary>
    public int WriteEnd => _write.Value;

    /// <summary>Octets inside; kept by whoever uses the pipe.</summary>
    public int Filled { get; set; }

    /// <summary>Null when splice(2) works here; otherwise one sentence for the operator.</summary>
    public static string? Probe()
    {
        using var from = new SplicePipe();
        using var to = new SplicePipe();
        return Probe(from.ReadEnd, to.WriteEnd);
    }

    /// <summary>The same between two descriptors.</summary>
    internal static string? Probe(int from, int to)
    {
        // An empty pipe answers EAGAIN; a kernel (or a sandbox) without the call something else.
        var moved = Libc.Splice(from, null, to, null, 1, Libc.SpliceNonBlocking);
        var errno = Marshal.GetLastPInvokeError();
        return moved < 0 && errno == Errno.Again ? null : $"splice(2) does not work on this kernel (errno {errno}); use Transport: portable.";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _read.Dispose();
        _write.Dispose();
    }
}
