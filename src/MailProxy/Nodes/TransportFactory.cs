using MailProxy.Configuration;
using MailProxy.Transport;
using MailProxy.Transport.Linux;
using MailProxy.Transport.Portable;
using Microsoft.Extensions.Logging;

namespace MailProxy.Nodes;

/// <summary>Makes the transport that is configured.</summary>
internal static class TransportFactory
{
    /// <summary>The configuration was validated: <c>linux</c> is asked for only where it runs.</summary>
    public static IMailTransport Create(TransportKind kind, TimeProvider time, ILogger logger)
    {
        if (kind == TransportKind.Auto && LinuxSupport.Problem is { } problem)
        {
            logger.LogInformation("The portable transport serves: {Reason}", problem);
            return new PortableTransport(time);
        }

        return kind == TransportKind.Portable ? new PortableTransport(time) : new LinuxTransport(time, logger);
    }
}
