using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MailProxy.Transport.Linux.Native;

/// <summary>A descriptor that lives long: epoll, eventfd, a listener, a pipe's end.</summary>
internal sealed class SafeDescriptor : SafeHandleMinusOneIsInvalid
{
    /// <summary>For the marshaller.</summary>
    public SafeDescriptor()
        : base(ownsHandle: true)
    {
    }

    private SafeDescriptor(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    /// <summary>For calls; valid as long as this object is not disposed.</summary>
    public int Value => (int)handle;

    /// <summary>Takes over what a system call returned. Errors: <see cref="System.Net.Sockets.SocketException"/> when that is -1.</summary>
    public static SafeDescriptor Of(int descriptor) =>
        descriptor >= 0 ? new SafeDescriptor(descriptor) : throw Errno.ToException(Marshal.GetLastPInvokeError());

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;
}
