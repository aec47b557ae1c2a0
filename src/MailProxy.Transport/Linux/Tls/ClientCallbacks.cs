using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MailProxy.Transport.Linux.Native;

namespace MailProxy.Transport.Linux.Tls;

/// <summary>What OpenSSL tells a client, on the thread that drives the session.</summary>
internal static unsafe class ClientCallbacks
{
    /// <summary>Makes the context hand over tickets; they go to <paramref name="target"/> of <see cref="CallbackTargets{T}"/>.</summary>
    public static void Set(SafeSslContext context, nint target)
    {
        _ = OpenSsl.SetContextData(context, OpenSsl.ApplicationData, target);
        _ = OpenSsl.ContextControl(context, OpenSsl.ControlSessionCacheMode, OpenSsl.SessionCacheClient | OpenSsl.SessionCacheNotInternal, 0);
        delegate* unmanaged[Cdecl]<nint, nint, int> newTicket = &OnNewTicket;
        OpenSsl.SetNewTicketCallback(context, (nint)newTicket);
    }

    // TLS 1.3 servers send tickets when they like, mostly with their first octets: this comes out of a read. 1 keeps the reference, 0 gives it back.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnNewTicket(nint session, nint ticket)
    {
        var target = OpenSsl.ContextData(OpenSsl.ContextOf(session), OpenSsl.ApplicationData);
        if (OpenSsl.IsResumable(ticket) != 1 || CallbackTargets<OpenSslClientContext>.Find(target) is not { } context)
        {
            return 0;
        }

        context.Keep(session, ticket);
        return 1;
    }
}
