using System.Buffers;
using MailProxy.Protocols.Smtp;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Wire;
using MailProxy.Transport.Tls;

namespace MailProxy.Proxy.Smtp;

/// <summary>The beginning of every SMTP and LMTP talk with a store: greeting, EHLO/LHLO, STARTTLS, XCLIENT.</summary>
internal static class SmtpStoreOpening
{
    private static readonly ReplyMemo<SmtpStoreReply> Replies = new(SmtpStoreReply.TryRead);

    /// <summary>Up to the point where AUTH or MAIL may follow. The value holds what the store offers, upper case, without parameters' case changed.</summary>
    public static async ValueTask<Outcome<SmtpExtensions>> OpenAsync(
        MailWire store, StoreLeg leg, string hello, bool tellClientAddress, CancellationToken cancellationToken)
    {
        var greeting = (await ReadAsync(store, cancellationToken)).Value?.Reply;
        if (greeting is not { Code: 220 })
        {
            return Fault(greeting, "greeting");
        }

        leg.Tries?.Greeted();

        var offered = await HelloAsync(store, hello, leg.HostName, cancellationToken);
        if (!offered.IsDone || leg.UpgradeWith is null)
        {
            return offered.IsDone ? await IdentifyAsync(store, leg, hello, offered.Value, tellClientAddress, cancellationToken) : offered;
        }

        if (!offered.Value.Has("STARTTLS"))
        {
            return Outcome<SmtpExtensions>.Failed(ProxyFailure.StoreTlsFailed, "the store does not offer STARTTLS");
        }

        await store.SendAsync("STARTTLS\r\n", cancellationToken);
        var reply = (await ReadAsync(store, cancellationToken)).Value?.Reply;
        if (reply is not { Code: 220 })
        {
            return Outcome<SmtpExtensions>.Failed(ProxyFailure.StoreTlsFailed, $"STARTTLS: {reply?.Code}");
        }

        var outcome = await store.Connection.Features.Get<ITlsFeature>()!.BecomeClientAsync(leg.UpgradeWith, cancellationToken);
        if (outcome != TlsOutcome.Done)
        {
            return Outcome<SmtpExtensions>.Failed(ProxyFailure.StoreTlsFailed, $"STARTTLS: TLS {outcome}");
        }

        offered = await HelloAsync(store, hello, leg.HostName, cancellationToken);
        return offered.IsDone ? await IdentifyAsync(store, leg, hello, offered.Value, tellClientAddress, cancellationToken) : offered;
    }

    /// <summary>One reply; without a value when there was no valid one.</summary>
    public static ValueTask<WireRead<SmtpStoreReply>> ReadAsync(MailWire store, CancellationToken cancellationToken) =>
        store.ReadAsync(Replies.Parser, cancellationToken);

    private static async ValueTask<Outcome<SmtpExtensions>> HelloAsync(MailWire store, string hello, string hostName, CancellationToken cancellationToken)
    {
        await store.SendAsync($"{hello} {hostName}\r\n", cancellationToken);
        var read = (await ReadAsync(store, cancellationToken)).Value;
        return read is { Reply.Code: 250 } ? read.Extensions : Fault(read?.Reply, hello);
    }

    /// <summary>Tells whose mail it is, where that is wanted and possible. XCLIENT resets the session, so the store greets again and must be greeted again.</summary>
    public static async ValueTask<Outcome<SmtpExtensions>> IdentifyAsync(
        MailWire store, StoreLeg leg, string hello, SmtpExtensions offered, bool tellClientAddress, CancellationToken cancellationToken)
    {
        var isEncrypted = store.Connection.Features.Get<ITlsFeature>() is { IsEncrypted: true };
        if (!tellClientAddress || !isEncrypted || leg.Client is null || offered.Parameters("XCLIENT") is not { } names || LegXclient.OfSmtp(leg, names) is not { Length: > 0 } said)
        {
            return offered;
        }

        await store.SendAsync($"XCLIENT {said}\r\n", cancellationToken);
        var reply = (await ReadAsync(store, cancellationToken)).Value?.Reply;
        return reply is { Code: 220 } ? await HelloAsync(store, hello, leg.HostName, cancellationToken) : Fault(reply, "XCLIENT");
    }

    private static Outcome<SmtpExtensions> Fault(SmtpReply? reply, string stage) => reply switch
    {
        { Code: >= 400 and < 500 } => Outcome<SmtpExtensions>.Failed(ProxyFailure.StoreTemporaryFailure, $"{stage}: {reply.Code} {reply.Lines[^1]}"),
        _ => Outcome<SmtpExtensions>.Failed(ProxyFailure.StoreProtocolError, $"{stage}: {(reply is null ? "no valid answer" : $"{reply.Code} {reply.Lines[^1]}")}"),
    };
}
