namespace MailProxy.Transport.Tests.Linux;

public sealed class LinuxTlsPeerTests() : TlsPeerSuite(LinuxTransports.Create);
