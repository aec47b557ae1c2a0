using Microsoft.Win32.SafeHandles;

namespace MailProxy.Transport.Linux.Native;

/// <summary>OpenSSL's SSL_SESSION, owned: what a later handshake can resume.</summary>
internal sealed class SafeSslTicket : SafeHandleZeroOrMinusOneIsInvalid
{
    /// <summary>Takes a reference over.</summary>
    public SafeSslTicket(nint ticket)
        : base(ownsHandle: true) => SetHandle(ticket);

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        OpenSsl.FreeTicket(handle);
        return true;
    }
}
