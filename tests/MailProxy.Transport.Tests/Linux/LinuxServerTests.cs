namespace MailProxy.Transport.Tests.Linux;

public sealed class LinuxServerTests() : ConnectionServerSuite(LinuxTransports.Create);
