/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  // Tests wait for conditions. On a busy machine these take their time, and a limit says nothing about the code.
  testTimeout: 30_000,
  // Modules of files that are done with stay in memory, and a process that is full of them is slow and may end.
  workerIdleMemoryLimit: '1GB',
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/support/strip-types.js' },
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  coverageProvider: 'v8',
  collectCoverageFrom: ['src/**/*.ts'],
};
