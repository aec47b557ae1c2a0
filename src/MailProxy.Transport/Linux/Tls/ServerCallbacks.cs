using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MailProxy.Transport.Linux.Native;

namespace MailProxy.Transport.Linux.Tls;

/// <summary>What OpenSSL asks a server during a handshake, on the thread that drives it.</summary>
internal static unsafe class ServerCallbacks
{
    /// <summary>Makes the context ask these functions; they find <paramref name="target"/> by its number.</summary>
    /// <param name="context">One certificate's context.</param>
    /// <param name="target">Of <see cref="CallbackTargets{T}"/>.</param>
    /// <param name="hasProtocols">ALPN is negotiated.</param>
    /// <param name="hasTickets">Tickets are sealed and opened.</param>
    public static void Set(SafeSslContext context, nint target, bool hasProtocols, bool hasTickets)
    {
        _ = OpenSsl.SetContextData(context, OpenSsl.ApplicationData, target);
        delegate* unmanaged[Cdecl]<nint, int*, nint, int> clientHello = &OnClientHello;
        OpenSsl.SetClientHelloCallback(context, (nint)clientHello, target);
        delegate* unmanaged[Cdecl]<nint, int*, nint, int> serverName = &OnServerName;
        _ = OpenSsl.ContextCallback(context, OpenSsl.ControlServerNameCallback, (nint)serverName);
        if (hasProtocols)
        {
            delegate* unmanaged[Cdecl]<nint, byte**, byte*, byte*, uint, nint, int> protocols = &OnApplicationProtocols;
            OpenSsl.SetApplicationProtocolCallback(context, (nint)protocols, target);
        }

        if (hasTickets)
        {
            delegate* unmanaged[Cdecl]<nint, byte*, byte*, nint, nint, int, int> ticketKey = &OnTicketKey;
            _ = OpenSsl.SetTicketKeyCallback(context, (nint)ticketKey);
        }
    }

    // Here and not in the server_name callback, because a ticket is judged between the two: it must meet the context of the name that is asked for.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnClientHello(nint session, int* alert, nint target)
    {
        byte* extension = null;
        nuint length = 0;
        if (OpenSsl.ExtensionOfClientHello(session, OpenSsl.ExtensionServerName, &extension, &length) == 1
            && CallbackTargets<OpenSslServerContext>.Find(target) is { } context)
        {
            _ = OpenSsl.SwitchContext(session, context.Pick(ClientHelloName.Read(new ReadOnlySpan<byte>(extension, (int)length))));
        }

        return OpenSsl.ClientHelloSuccess;
    }

    // Tells the client, and OpenSSL's memory of the session, that the name meant something.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnServerName(nint session, int* alert, nint unused) =>
        OpenSslLook.ServerNameOf(session) is null ? OpenSsl.CallbackNoAcknowledge : OpenSsl.CallbackOk;

    // The client's list: length (1) and name, again and again (RFC 7301 3.1). Ours are tried in our order.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnApplicationProtocols(nint session, byte** chosen, byte* chosenLength, byte* offered, uint length, nint target)
    {
        foreach (var ours in CallbackTargets<OpenSslServerContext>.Find(target)?.Protocols ?? [])
        {
            for (var at = 0u; at < length && at + 1 + offered[at] <= length; at += 1u + offered[at])
            {
                if (new ReadOnlySpan<byte>(offered + at + 1, offered[at]).SequenceEqual(ours))
                {
                    *chosen = offered + at + 1;
                    *chosenLength = offered[at];
                    return OpenSsl.CallbackOk;
                }
            }
        }

        return OpenSsl.CallbackAlertFatal;
    }

    // Of all contexts alike: OpenSSL asks that of the first one, whichever the name picked.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnTicketKey(nint session, byte* name, byte* vector, nint cipher, nint mac, int isSealing)
    {
        var target = OpenSsl.ContextData(OpenSsl.ContextOf(session), OpenSsl.ApplicationData);
        if (CallbackTargets<OpenSslServerContext>.Find(target)?.Tickets is not { } keys)
        {
            return 0;
        }

        return isSealing == 1
            ? TicketCipher.Seal(keys, name, vector, cipher, mac)
            : TicketCipher.Open(keys, OpenSsl.VersionOf(session) == OpenSsl.Tls13, name, vector, cipher, mac);
    }
}
