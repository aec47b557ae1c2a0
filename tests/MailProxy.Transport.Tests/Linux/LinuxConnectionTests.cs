namespace MailProxy.Transport.Tests.Linux;

public sealed class LinuxConnectionTests() : ConnectionSuite(LinuxTransports.Create);
