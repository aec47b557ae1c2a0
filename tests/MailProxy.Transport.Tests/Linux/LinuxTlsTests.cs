namespace MailProxy.Transport.Tests.Linux;

public sealed class LinuxTlsTests() : TlsSuite(LinuxTransports.Create);
