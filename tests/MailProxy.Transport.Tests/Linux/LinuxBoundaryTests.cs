namespace MailProxy.Transport.Tests.Linux;

public sealed class LinuxBoundaryTests() : BoundarySuite(LinuxTransports.Create);
